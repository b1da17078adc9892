/** A reason travels in the headers of a message, and those must fit into one AMQP frame. */
const MAX_LENGTH = 1_000;

/** Why a message became a dead letter, short enough for a header. */
export function reasonOf(fault: Error): string {
  return fault.message.slice(0, MAX_LENGTH);
}
