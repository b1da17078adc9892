/** Who asks. */
export const callers = [
  'nobody',
  /** A customer who has nothing to do with the thing that is asked for. */
  'stranger',
  /** The customer whose thing it is. */
  'owner',
  'admin',
  /** A token of the owner's that was good until a moment ago. */
  'expired',
  /** A token with the owner's claims, signed by another key under the name of the right one. */
  'forged',
  /** Another service, by the identity with which it speaks to its like, and no user. */
  'service',
  /** The gateway's own proof, and no user. */
  'gateway',
] as const;
export type Caller = (typeof callers)[number];

/** Whether what a caller shows as a token is none, or none any more: GraphQL refuses all of such a request. */
export const hasBadToken = (caller: Caller): boolean =>
  caller === 'expired' || caller === 'forged' || caller === 'service';

const isSomebody = (caller: Caller): boolean => caller === 'stranger' || caller === 'owner' || caller === 'admin';

/** granted: it is there. hidden: as if there were no such thing. refused: say first who you are. forbidden: not you. */
export type Verdict = 'granted' | 'hidden' | 'refused' | 'forbidden';

/** Somebody on the way to something. */
export interface Standing {
  readonly caller: Caller;
  /** Whether what they have come to so far is their own. */
  readonly isOwn: boolean;
  /** Whether they have proven on the way who they are, whatever they came with. */
  readonly isProven: boolean;
}

/** What becomes of whom. */
export interface Rule {
  readonly name: string;
  readonly verdict: (standing: Standing) => Verdict;
  /** What somebody who is let in stands in front of. */
  readonly leadsTo?: 'their own' | 'what they proved to be theirs' | "everybody's";
}

const known = ({ caller, isProven }: Standing): boolean => isProven || isSomebody(caller);

/** A rule for those who have said who they are. */
const amongKnown = (name: string, verdict: (standing: Standing) => Verdict): Rule => ({
  name,
  verdict: (standing) => (known(standing) ? verdict(standing) : 'refused'),
});

/** Anyone, whoever they are or are not. */
export const PUBLIC: Rule = { name: 'PUBLIC', verdict: () => 'granted' };

/** Anyone, and it shows what is anybody's: only where a shop is tried out. */
export const TRIAL: Rule = { ...PUBLIC, name: 'TRIAL', leadsTo: "everybody's" };

/** Anyone who knows the secret that is sent along, or makes one; what comes back is that account's own. */
export const BY_SECRET: Rule = { ...PUBLIC, name: 'BY_SECRET', leadsTo: 'what they proved to be theirs' };

/** Anyone with a good token. */
export const SIGNED_IN: Rule = amongKnown('SIGNED_IN', () => 'granted');

/** Anyone with a good token, each about what is their own. */
export const THEIR_OWN: Rule = { ...SIGNED_IN, name: 'THEIR_OWN', leadsTo: 'their own' };

/** Its owner alone. To everybody else, administrators too, there is no such thing. */
export const OWN: Rule = amongKnown('OWN', ({ isOwn }) => (isOwn ? 'granted' : 'hidden'));

/** Its owner, and administrators. To everybody else there is no such thing. */
export const OWN_OR_ADMIN: Rule = amongKnown('OWN_OR_ADMIN', ({ caller, isOwn }) =>
  isOwn || caller === 'admin' ? 'granted' : 'hidden',
);

/** Its owner alone: administrators see it, and may not do this to it. To everybody else there is no such thing. */
export const OWNER_ACTS: Rule = amongKnown('OWNER_ACTS', ({ caller, isOwn }) => {
  if (isOwn) return 'granted';
  return caller === 'admin' ? 'forbidden' : 'hidden';
});

/** Administrators. */
export const ADMIN: Rule = amongKnown('ADMIN', ({ caller }) => (caller === 'admin' ? 'granted' : 'forbidden'));

/** The one service that it is for, by an identity that it shares with this one alone. */
export const SERVICE_ONLY: Rule = {
  name: 'SERVICE_ONLY',
  verdict: ({ caller }) => (caller === 'service' ? 'granted' : 'refused'),
};

/** Nobody: there is no such thing at this door, whoever asks. */
export const NOBODY: Rule = { name: 'NOBODY', verdict: () => 'hidden' };
