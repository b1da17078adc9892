import type { DeadLetter, DeadLetters } from '@shop/shared/messaging/dead-letters';
import { inFull, table } from './letters.js';
import type { Say } from '../servers/say.js';

/** What is asked of the dead letters. */
export type DlqCommand =
  | { readonly verb: 'list' }
  | { readonly verb: 'show' | 'drop'; readonly id: string }
  | { readonly verb: 'replay'; readonly id: string | 'all' };

const USAGE = 'Usage: npm run dlq -- list | show ID | replay ID | replay --all | drop ID';

/** Of a queue, so many are listed. */
const LISTED = 1_000;

/** The command that these arguments are; a sentence on how it is used, if they are none. */
export function dlqCommand([verb = 'list', id, ...rest]: readonly string[]): DlqCommand | string {
  if (rest.length > 0) return USAGE;
  if (verb === 'list' && id === undefined) return { verb };
  if (verb === 'replay' && id === '--all') return { verb, id: 'all' };
  if ((verb === 'show' || verb === 'drop' || verb === 'replay') && id && !id.startsWith('-')) return { verb, id };
  return USAGE;
}

/** Does it, and says what was done. Throws a sentence where there is no such letter. */
export async function runCommand(command: DlqCommand, letters: DeadLetters, say: Say, now: Date): Promise<void> {
  switch (command.verb) {
    case 'list':
      return table(await letters.list(LISTED), LISTED, now).forEach(say);
    case 'show':
      return named(command.id, await all(letters, command.id)).forEach((letter) => inFull(letter, now).forEach(say));
    case 'drop':
      return named(command.id, await letters.drop(({ id }) => id === command.id)).forEach(({ id, queue }) =>
        say(`${id} is dropped; it was for ${queue}.`),
      );
    case 'replay': {
      const { id: wanted } = command;
      const isWanted = ({ id }: DeadLetter) => wanted === 'all' || id === wanted;
      // Said at once: a broker that goes away in the middle leaves no doubt about what was done.
      const replayed = await letters.replay(isWanted, ({ id, queue }) => say(`${id} is back in ${queue}.`));
      if (wanted !== 'all') named(wanted, replayed);
      else if (replayed.length === 0) say('There are no dead letters.');
      return;
    }
  }
}

async function all(letters: DeadLetters, wanted: string): Promise<DeadLetter[]> {
  return (await letters.list(Infinity)).filter(({ id }) => id === wanted);
}

function named(id: string, found: readonly DeadLetter[]): readonly DeadLetter[] {
  if (found.length === 0) throw new Error(`There is no dead letter ${id}.`);
  return found;
}
