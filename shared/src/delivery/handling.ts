import { AsyncLocalStorage } from 'node:async_hooks';

/** The handling of one message, for as long as it goes on. */
interface Handling {
  isDuplicate: boolean;
}

const current = new AsyncLocalStorage<Handling>();

/** Says of the message that is being handled that it had been handled before. */
export function noteDuplicate(): void {
  const handling = current.getStore();
  if (handling) handling.isDuplicate = true;
}

/** Handles a message. True when it turned out to have been handled before. */
export async function handledBefore(handle: () => Promise<void>): Promise<boolean> {
  const handling = { isDuplicate: false };
  await current.run(handling, handle);
  return handling.isDuplicate;
}
