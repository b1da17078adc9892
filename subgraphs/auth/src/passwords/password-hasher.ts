import { type Algorithm, hash, verify } from '@node-rs/argon2';

/**
 * Argon2id with 19 MiB of memory, 2 passes and 1 lane: OWASP Password Storage Cheat Sheet, "Argon2id". The library
 * exports its algorithms as a const enum, which isolated modules can't read: Argon2id is 2.
 */
const OWASP = { algorithm: 2 as Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * In UTF-16 units, and more than the longest password can take, decomposed too: 128 characters of at most 6 each. To
 * normalize a text can take time by the square of its length.
 */
const LONGEST = 1_024;

/**
 * The same password can be typed as different code points; NFKC makes them one (NIST SP 800-63B-4, section 3.1.1.2).
 */
const normalized = (password: string) => password.normalize('NFKC');

export function hashPassword(password: string): Promise<string> {
  return hash(normalized(password), OWASP);
}

/** Whether a hash was made by other parameters than today's. It says itself by which (the PHC string format). */
export function isOutdated(stored: string): boolean {
  const { memoryCost, timeCost, parallelism } = OWASP;
  return !stored.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
}

let nobody: Promise<string> | undefined;

/**
 * Whether a password fits a stored hash. Without a hash, and for a text that is longer than any password, it takes as
 * long, and is false: nobody learns who exists.
 */
export async function passwordFits(password: string, stored: string | undefined): Promise<boolean> {
  nobody ??= hashPassword(crypto.randomUUID());
  const possible = password.length <= LONGEST;
  const fits = await verify(stored ?? (await nobody), possible ? normalized(password) : '');
  return stored !== undefined && possible && fits;
}
