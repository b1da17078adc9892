import type { RenderedLetter } from '../letters/letter.js';

/** A mail to one person. */
export interface Mail extends RenderedLetter {
  /**
   * What stands before the @ of its Message-ID: the same whenever this mail is sent again, so that a server or a reader
   * can see that it has it already.
   */
  readonly name: string;
  /** An address, checked. */
  readonly to: string;
  /** When what it says happened; the same whenever it is sent again. */
  readonly date: Date;
}

/** Where mail goes. */
export interface MailServer {
  /**
   * Resolves when the server has taken responsibility for the mail. Rejects with `MailRefused` when it never will; with
   * anything else its outcome is unknown, and it is to be sent again later. It has rejected, and sends no more, once the
   * time for one attempt is up.
   */
  send(mail: Mail): Promise<void>;
}

/** The server refused a mail for good. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}
