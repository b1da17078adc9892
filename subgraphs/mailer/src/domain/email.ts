/** What mails are about, each at most once: an order for the first two, a payment for the last. */
export type EmailKind = 'confirmation' | 'cancellation' | 'refund';

/**
 * QUEUED: to be sent. SENDING: somebody is at it, and has until then. SENT: the server took it. FAILED: the server
 * refused it for good.
 */
export type EmailState =
  | { readonly status: 'QUEUED' }
  | { readonly status: 'SENDING'; readonly until: Date }
  | { readonly status: 'SENT'; readonly at: Date }
  | { readonly status: 'FAILED'; readonly reason: string };

/** How far an email is. `attempt`: how often it was claimed; whoever claims it knows itself again by the number. */
export interface EmailProgress {
  readonly state: EmailState;
  readonly attempt: number;
}

export type Claim =
  | { readonly type: 'mine'; readonly progress: EmailProgress }
  | { readonly type: 'sent' }
  | { readonly type: 'taken'; readonly until: Date };

/**
 * Somebody wants to send it. A claim that has run out was a crash's: whether that mail went out nobody knows, and one
 * too many is better than one too few. One that was refused is tried again, for nothing but a replay asks for it.
 */
export function claim({ state, attempt }: EmailProgress, now: Date, leaseMs: number): Claim {
  switch (state.status) {
    case 'SENT':
      return { type: 'sent' };
    case 'SENDING':
      if (state.until > now) return { type: 'taken', until: state.until };
      break;
    case 'QUEUED':
    case 'FAILED':
      break;
  }
  const until = new Date(now.getTime() + leaseMs);
  return { type: 'mine', progress: { state: { status: 'SENDING', until }, attempt: attempt + 1 } };
}

/** What the mail server answered; `unknown` also for an answer that never came. */
export type Outcome =
  | { readonly type: 'accepted'; readonly at: Date }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'unknown' };

/**
 * The attempt of this number came to an end. What was sent is sent, whoever says so; apart from that, an attempt whose
 * claim has passed to another one says nothing any more.
 */
export function settle(progress: EmailProgress, attempt: number, outcome: Outcome): EmailProgress {
  if (progress.state.status === 'SENT') return progress;
  if (outcome.type === 'accepted') return { ...progress, state: { status: 'SENT', at: outcome.at } };
  if (progress.attempt !== attempt || progress.state.status !== 'SENDING') return progress;
  const state: EmailState =
    outcome.type === 'refused' ? { status: 'FAILED', reason: outcome.reason } : { status: 'QUEUED' };
  return { ...progress, state };
}
