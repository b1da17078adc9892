import { createTransport, type Transporter } from 'nodemailer';
import SMTPTransport from 'nodemailer/lib/smtp-transport';
import type { Mail, MailServer } from './mail-server.js';
import { messageOf } from './message.js';
import { smtpFault } from './smtp-fault.js';
import type { Mailbox } from '../domain/address.js';

interface SmtpServerOptions {
  /** smtp:// or smtps://, with credentials if it wants some. */
  readonly url: string;
  readonly from: Mailbox;
  /** An attempt takes no longer. */
  readonly timeoutMs: number;
}

/** Who doesn't answer by then isn't there. */
const CONNECT_MS = 10_000;

/**
 * A server that takes mail by SMTP, a connection for each mail: nodemailer's pool would send a mail again by itself when
 * a connection breaks, and nobody would know that it had.
 */
export class SmtpServer implements MailServer {
  private readonly transport: Transporter;

  constructor(private readonly options: SmtpServerOptions) {
    const { url, timeoutMs } = options;
    const connect = Math.min(CONNECT_MS, timeoutMs);
    const timeouts = {
      connectionTimeout: connect,
      dnsTimeout: connect,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
    };
    this.transport = createTransport(new SMTPTransport({ url, ...timeouts }));
  }

  async send(mail: Mail): Promise<void> {
    const { from, timeoutMs } = this.options;
    // A server that says a little now and then never makes the socket time out.
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      await this.transport.sendMail({ ...messageOf(mail, from), signal });
    } catch (error) {
      throw smtpFault(error);
    }
  }
}
