import { createTransport } from 'nodemailer';
import type { Mail, MailServer } from './mail-server.js';
import { messageOf } from './message.js';
import type { Mailbox } from '../domain/address.js';
import type { SinkStore } from '../persistence/sink.store.js';

/** Stands in for a mail server: keeps what it is sent, as it would have travelled, for the page at `/mail`. */
export class SinkServer implements MailServer {
  private readonly composer = createTransport({ streamTransport: true, buffer: true });

  constructor(
    private readonly mails: SinkStore,
    private readonly from: Mailbox,
  ) {}

  async send(mail: Mail): Promise<void> {
    const { message, messageId } = await this.composer.sendMail(messageOf(mail, this.from));
    const { to, subject, text, html } = mail;
    await this.mails.keep({ messageId, to, subject, text, html, source: message.toString() });
  }
}
