import { SmtpStub, type TakenMail } from '../../subgraphs/mailer/test/smtp-stub.js';

/** A mail by its Message-ID and recipient, and how often it came. */
export interface CameMail {
  readonly message_id: string;
  readonly recipient: string;
  readonly copies: number;
}

/** The mail server of a run: it takes everything, and counts what it took. */
export class Mailbox {
  private constructor(private readonly server: SmtpStub) {}

  static async open(): Promise<Mailbox> {
    return new Mailbox(await SmtpStub.start());
  }

  get url(): string {
    return this.server.url;
  }

  get mails(): readonly CameMail[] {
    return cameIn(this.server.taken);
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}

/** Counts mails: what has the same Message-ID and recipient is the same mail, come again. */
export function cameIn(taken: readonly TakenMail[]): CameMail[] {
  const same = Map.groupBy(taken, ({ to, source }) => `${messageIdIn(source)} ${to}`);
  return [...same.values()].flatMap((copies) => {
    const [mail] = copies;
    return mail ? [{ message_id: messageIdIn(mail.source), recipient: mail.to, copies: copies.length }] : [];
  });
}

/** A long one stands on the line after its name (RFC 5322, section 2.2.3). */
function messageIdIn(source: string): string {
  return /^message-id:\s*(<[^>]*>)/im.exec(source)?.[1] ?? '';
}
