import { exchange } from '../../rest/fuzz/raw-http.js';
import { written } from '../../rest/fuzz/requests.js';
import type { OrdinaryOperation } from './ordinary-operations.js';

const ANSWER_WITHIN_MS = 30_000;

/** Somebody who sends ordinary operations without a pause, in the way in which the hostile ones are sent. */
export class OrdinaryClient {
  private readonly requests: readonly ReturnType<typeof written>[];
  private next = 0;

  /** `port`: the gateway's. */
  constructor(
    private readonly port: number,
    token: string,
    operations: readonly OrdinaryOperation[],
  ) {
    this.requests = operations.map((operation) =>
      written({
        method: 'POST',
        target: '/graphql',
        headers: [
          ['Authorization', `Bearer ${token}`],
          ['Content-Type', 'application/json'],
        ],
        content: Buffer.from(JSON.stringify(operation)),
        framing: 'length',
      }),
    );
  }

  /** One after the other until some time of performance.now(). How many there were. */
  async send(until: number): Promise<number> {
    const first = this.next;
    while (performance.now() < until) {
      const request = this.requests[this.next % this.requests.length];
      if (!request) throw new Error('there is no ordinary operation');
      this.next += 1;
      const { bytes, bodiless } = request;
      const heard = await exchange({ port: this.port, bytes, bodiless, hangUp: false, deadlineMs: ANSWER_WITHIN_MS });
      if (heard.kind !== 'answer' || heard.status !== 200 || heard.body.includes('"errors"'))
        throw new Error(`an ordinary operation was answered by ${JSON.stringify(heard)}`);
    }
    return this.next - first;
  }
}
