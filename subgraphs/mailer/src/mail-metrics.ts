import { frugal } from '@shop/shared/telemetry/frugal';
import type { Metrics } from '@shop/shared/telemetry/metrics';
import type { EmailKind } from './domain/email.js';
import type { EmailStore } from './persistence/email.store.js';

/** How an attempt to send a mail ended: refused is for good, failed will be tried again. */
type AttemptOutcome = 'sent' | 'refused' | 'failed';

/** Counts attempts to send a mail. */
export interface MailAttempts {
  count(kind: EmailKind, outcome: AttemptOutcome): void;
}

const kinds: readonly EmailKind[] = ['confirmation', 'cancellation', 'refund'];
const outcomes: readonly AttemptOutcome[] = ['sent', 'refused', 'failed'];

/** Shows which mails went out, which did not, and how many wait. */
export function measureMail(metrics: Metrics, emails: EmailStore): MailAttempts {
  const attempts = metrics.counter({
    name: 'mail_attempts_total',
    help: 'Attempts to send a mail: sent, refused (for good), failed (will be tried again)',
    labels: ['kind', 'outcome'],
  });
  for (const kind of kinds) for (const outcome of outcomes) attempts.inc({ kind, outcome }, 0);
  const notSent = frugal(() => emails.notSent());
  metrics.gauge(
    { name: 'mails_not_sent', help: 'Mails that wait, are being sent, or were refused', labels: ['status'] },
    async (gauge) => {
      const counts = await notSent();
      for (const status of ['QUEUED', 'SENDING', 'FAILED'] as const) gauge.set({ status }, counts.get(status) ?? 0);
    },
  );
  return { count: (kind, outcome) => attempts.inc({ kind, outcome }) };
}
