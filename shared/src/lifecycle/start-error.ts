import { causesOf } from '../errors/causes.js';

/** Why something could not start, in a sentence for the person who started it: nothing that a stack would explain. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * The sentence for a start that failed for something on the machine (a port that is taken, a file that can't be read), be
 * it the cause of the cause. Null: it is a fault of the program.
 */
export function startMistake(error: unknown): string | null {
  for (const cause of causesOf(error)) {
    if (cause instanceof StartError) return cause.message;
    const sentence = systemMistake(cause);
    if (sentence) return sentence;
  }
  return null;
}

/** An error of the operating system as a sentence. Null for one that is none, or none of a port or a file. */
export function systemMistake(error: SystemError): string | null {
  const { code, syscall, address, port, path } = error;
  if (syscall === 'listen') return listenMistakes[code ?? '']?.(`${address ?? ''}:${port}`) ?? null;
  const reason = fileMistakes[code ?? ''];
  // Reading a folder fails without its path.
  return reason ? `${path ?? 'the file'} can't be read: ${reason}` : null;
}

type SystemError = NodeJS.ErrnoException & { readonly address?: string; readonly port?: number };

const listenMistakes: Readonly<Record<string, (where: string) => string>> = {
  EADDRINUSE: (where) => `${where} is taken: another program listens there`,
  EADDRNOTAVAIL: (where) => `${where} is no address of this machine`,
  EACCES: (where) => `this user may not listen on ${where}`,
};

const fileMistakes: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};
