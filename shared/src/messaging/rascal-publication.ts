import type { Options } from 'amqplib';
import type { BrokerAsPromised } from 'rascal';

/** Longer than rascal's wait for a confirmation, so that a wait for a free channel is bounded too. */
const PUBLISH_TIMEOUT_MS = 10_000;

/**
 * Publishes, and resolves only when the broker has confirmed. Rejects on a refusal, on a message that no queue takes, on
 * the loss of the channel or the connection, and when no confirmation comes in time: whether the message arrived is
 * then unknown.
 */
export async function publishConfirmed(
  broker: BrokerAsPromised,
  exchange: string,
  routingKey: string,
  content: Buffer,
  options: Options.Publish,
): Promise<void> {
  const session = await broker.publish(exchange, content, { routingKey, options });
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string, cause?: Error) => {
      clearTimeout(timer);
      // Rascal keeps publications for the next connection; the caller publishes again by itself.
      session.abort();
      reject(new Error(`${routingKey} was not published to ${exchange}: ${reason}`, { cause }));
    };
    const timer = setTimeout(fail, PUBLISH_TIMEOUT_MS, 'no confirmation in time');
    session.on('error', (error) => fail(error.message, error));
    session.on('return', () => fail('no queue takes it'));
    session.once('close', () => fail('the connection was lost'));
    session.on('success', () => {
      clearTimeout(timer);
      resolve();
    });
    // Calls back at once while there is no connection.
    session.once('paused', () => fail('there is no connection'));
  });
}
