/** An error, its cause, the cause of that, and so on, outermost first. Nothing for what is no error. */
export function* causesOf(error: unknown): Generator<Error> {
  for (let current = error; current instanceof Error; current = current.cause) yield current;
}
