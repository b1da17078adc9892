import { setTimeout as pause } from 'node:timers/promises';
import { SpanKind } from '@opentelemetry/api';
import type { MessageContext } from '@shop/shared/delivery/consumer';
import { noteHandled, noteIdle } from '@shop/shared/delivery/inbox';
import type { Transactions } from '@shop/shared/delivery/transactions';
import type { Logger } from '@shop/shared/logging/logger';
import { PermanentFault } from '@shop/shared/messaging/bus';
import type { Tracing } from '@shop/shared/telemetry/tracing';
import { type Mail, MailRefused, type MailServer } from '../clients/mail-server.js';
import { isAddress } from '../domain/address.js';
import { claim, type Outcome, settle } from '../domain/email.js';
import type { Letter } from '../letters/letter.js';
import { plainLine } from '../letters/plain-line.js';
import { renderLetter } from '../letters/render-letter.js';
import type { MailAttempts } from '../mail-metrics.js';
import type { EmailStore, NewEmail } from '../persistence/email.store.js';

interface SendEmailOptions {
  readonly transactions: Transactions;
  readonly emails: EmailStore;
  readonly server: MailServer;
  readonly logger: Logger;
  readonly tracing: Tracing;
  readonly attempts: MailAttempts;
  readonly now: () => Date;
  /** How long a claim holds: longer than the server takes over any attempt. */
  readonly leaseMs: number;
}

/** An attempt that this process has claimed. */
interface Attempt {
  readonly number: number;
  /** When the email was first claimed. */
  readonly createdAt: Date;
}

const MAX_REASON = 500;
const NOTE_AGAIN_MS = 500;

/**
 * Sends the mail of an event: claims its row, sends, settles; the sending stands outside transactions. The message that
 * asks for it stays with the broker until the mail is settled, so that no crash loses it.
 */
export class SendEmail {
  constructor(private readonly options: SendEmailOptions) {}

  /**
   * Resolves when the mail is sent, be it long ago. Throws `PermanentFault` when the server refused it for good; rejects
   * otherwise for what is to be tried again, among it a mail that somebody else is sending now.
   */
  async run(email: Omit<NewEmail, 'subject'>, letter: Letter, cause: MessageContext): Promise<void> {
    const attempt = await this.claim({ ...email, subject: letter.subject }, cause);
    if (!attempt) return;
    const { name, to } = email;
    try {
      await this.deliver({ ...renderLetter(letter), name, to, date: attempt.createdAt });
    } catch (error) {
      throw await this.failed(email, attempt, error);
    }
    this.options.attempts.count(email.kind, 'sent');
    await this.noteSent(name, attempt, cause);
    this.options.logger.info({ order_uuid: email.orderUuid, kind: email.kind, attempt: attempt.number }, 'mail sent');
  }

  /** Null: it is sent already. */
  private claim(email: NewEmail, cause: MessageContext): Promise<Attempt | null> {
    const { transactions, emails, now, leaseMs } = this.options;
    return transactions.run(async ({ em }) => {
      const at = now();
      const row = await emails.lock(em, email, at);
      const claimed = claim(row.progress, at, leaseMs);
      switch (claimed.type) {
        case 'sent':
          await noteIdle(em, cause);
          return null;
        case 'taken':
          throw new Error(`somebody is sending this mail, until ${claimed.until.toISOString()} at most`);
        case 'mine':
          await emails.note(em, row, claimed.progress);
          return { number: claimed.progress.attempt, createdAt: row.row.createdAt };
      }
    });
  }

  private async deliver(mail: Mail): Promise<void> {
    if (!isAddress(mail.to)) throw new MailRefused('the recipient is no email address');
    const { server, tracing } = this.options;
    await tracing.inSpan('send mail', { kind: SpanKind.CLIENT }, () => server.send(mail));
  }

  /** Notes that an attempt failed. Answers what its message is to be told. */
  private async failed({ name, orderUuid, kind }: Omit<NewEmail, 'subject'>, attempt: Attempt, error: unknown) {
    const refused = error instanceof MailRefused;
    const reason = plainLine(error instanceof Error ? error.message : String(error), MAX_REASON);
    const { attempts, logger } = this.options;
    attempts.count(kind, refused ? 'refused' : 'failed');
    // The bus warns of it, once, with what is thrown.
    logger.debug(
      { order_uuid: orderUuid, kind, attempt: attempt.number, reason },
      refused ? 'mail refused' : 'mail not sent yet',
    );
    const noted = this.settle(name, attempt, refused ? { type: 'refused', reason } : { type: 'unknown' });
    // A refusal that could not be noted is a refusal of the next attempt's too; a claim that could not be given back runs out.
    const isNoted = await noted.then(
      () => true,
      () => false,
    );
    return withoutStack(refused && isNoted ? new PermanentFault(reason) : new Error(`mail not sent yet: ${reason}`));
  }

  /**
   * Tries again while the claim holds: until it runs out nobody else sends the mail, and the database being away for a
   * moment is no reason to send it twice.
   */
  private async noteSent(name: string, attempt: Attempt, cause: MessageContext): Promise<void> {
    const { now, leaseMs } = this.options;
    const at = now();
    for (;;) {
      try {
        return await this.settle(name, attempt, { type: 'accepted', at }, cause);
      } catch (error) {
        if (now().getTime() >= at.getTime() + leaseMs) throw error;
        await pause(NOTE_AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  private settle(name: string, { number }: Attempt, outcome: Outcome, cause?: MessageContext): Promise<void> {
    const { transactions, emails } = this.options;
    return transactions.run(async ({ em }) => {
      const row = await emails.lockKnown(em, name);
      await emails.note(em, row, settle(row.progress, number, outcome));
      if (cause) await noteHandled(em, cause);
    });
  }
}

/** Where it was thrown says nothing: what the server said is all there is to know. */
function withoutStack(error: Error): Error {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
