import { timingSafeEqual } from 'node:crypto';
import { type ServiceIdentity, signServiceToken, verifyServiceToken } from './service-identity.js';

/** A third of a token's lifetime: what is left is for the way, and for clocks that do not agree. */
const SHOWN_FOR_MS = 10_000;
/** As many as there may be gateways that take turns. */
const REMEMBERED = 8;

/** A service's token for many calls: signed once, and shown for a part of its lifetime, so that a call costs no signature. */
export class StandingToken {
  private token = '';
  private signedAt = -Infinity;

  constructor(private readonly identity: ServiceIdentity) {}

  /** One that holds for another 19 seconds at least. */
  current(): string {
    const age = Date.now() - this.signedAt;
    // A clock that was set back makes it older than it seems.
    if (age < 0 || age >= SHOWN_FOR_MS) {
      this.token = signServiceToken(this.identity);
      this.signedAt = Date.now();
    }
    return this.token;
  }
}

/** Checks the tokens of one service. One that was good is known again until it expires, so that a call costs no signature. */
export class StandingTokens {
  private known: readonly { readonly token: Buffer; readonly until: number }[] = [];

  constructor(private readonly identity: ServiceIdentity) {}

  /** Whether a token proves that identity, now. */
  accepts(token: string): boolean {
    const now = Date.now();
    const shown = Buffer.from(token);
    if (this.known.some(({ token: good, until }) => now < until && isSame(good, shown))) return true;
    try {
      const until = verifyServiceToken(token, this.identity) * 1_000;
      const lasting = this.known.filter((other) => now < other.until);
      this.known = [{ token: shown, until }, ...lasting].slice(0, REMEMBERED);
      return true;
    } catch {
      return false;
    }
  }
}

const isSame = (good: Buffer, shown: Buffer) => good.length === shown.length && timingSafeEqual(good, shown);
