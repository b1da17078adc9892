import { MailRefused } from './mail-server.js';

/** What nodemailer says of a failed attempt besides its message. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly command?: string;
}

/** The commands that a mail itself is told by; what goes before them says nothing of the mail. */
const OF_THE_MAIL = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

/** RFC 4954, section 6: authentication required, too weak, and the like. The shop's settings are to be mended, not the mail. */
const OF_THE_SESSION = new Set([530, 534, 535, 538]);

/**
 * A failed attempt as what it means. For good is only a 5xx answer to the mail itself (RFC 5321, section 4.2.1), or an
 * address that can't be written to this server at all; a 5xx to the greeting or the login is a trouble of the server or
 * of the settings, which passes.
 */
export function smtpFault(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, responseCode, command = '' }: SmtpError = error;
  const permanent = responseCode
    ? responseCode >= 500 && OF_THE_MAIL.has(command) && !OF_THE_SESSION.has(responseCode)
    : code === 'EENVELOPE';
  return permanent ? new MailRefused(error.message, { cause: error }) : error;
}
