import type { SendMailOptions } from 'nodemailer';
import type { Mail } from './mail-server.js';
import type { Mailbox } from '../domain/address.js';

/** A mail as nodemailer takes it: addresses as objects, so that nothing in them is parsed as a list of several. */
export function messageOf({ name, to, date, subject, text, html }: Mail, from: Mailbox): SendMailOptions {
  const domain = from.address.slice(from.address.indexOf('@') + 1);
  return {
    messageId: `<${name}@${domain}>`,
    date,
    from,
    to: { name: '', address: to },
    subject,
    text,
    html,
    // RFC 3834, section 5: nobody's holiday notice need answer it.
    headers: { 'Auto-Submitted': 'auto-generated' },
    envelope: { from: from.address, to: [to] },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
