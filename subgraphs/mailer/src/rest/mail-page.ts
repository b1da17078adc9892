import { markup, type Markup, trusted } from '../letters/markup.js';
import type { KeptSinkMail, SinkMailHead } from '../persistence/sink.store.js';
import { mailPageStyle } from './mail-page-style.js';

/**
 * Nothing is loaded and nothing runs, neither in the page nor in the mail that is shown in it. Mails are styled in their
 * elements, which is why styles may stand there.
 */
export const mailPagePolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What there is to see when mail goes to a server. */
export function elsewherePage(server: string): string {
  return page(
    'Mail',
    markup`<p class="note">Mail goes to <code>${server}</code>. What it does with it, it knows; here nothing is kept.</p>`,
  );
}

/** All mails that were kept, newest first. The page looks again by itself. */
export function listPage(mails: readonly SinkMailHead[], capacity: number): string {
  const list = mails.length > 0 ? markup`<ol class="mails">${mails.map(entry)}</ol>` : empty;
  const note = markup`<p class="note">No mail leaves this machine: without <code>SMTP_URL</code> it ends up here, the last ${capacity} of them.</p>`;
  return page('Mail', markup`${note}${list}`, trusted('<meta http-equiv="refresh" content="5">'));
}

/** One mail, as a reader that can show HTML shows it, as one that can't, and as it would have travelled. */
export function mailPage({ subject, to, receivedAt, text, html, source }: KeptSinkMail): string {
  const [headers = ''] = source.replaceAll('\r\n', '\n').split('\n\n', 1);
  return page(
    subject,
    markup`<p class="back"><a href="../mail">All mail</a></p>
<h2>${subject}</h2>
<p class="note">To ${to}, ${time(receivedAt)}</p>
<iframe sandbox="" title="The mail as HTML" srcdoc="${html}"></iframe>
<details open><summary>Text</summary><pre class="text">${text}</pre></details>
<details><summary>Headers</summary><pre class="headers">${headers}</pre></details>`,
  );
}

/** For a mail that has made room for newer ones, or never was. */
export function absentPage(): string {
  return page(
    'No such mail',
    markup`<p class="back"><a href="../mail">All mail</a></p><p class="note">There is no such mail.</p>`,
  );
}

const empty = markup`<p class="empty">No mail yet. Place an order: its confirmation shows up here a moment later.</p>`;

function entry({ id, to, subject, receivedAt }: SinkMailHead): Markup {
  return markup`<li><a href="mail/${id}"><span class="subject">${subject}</span><span class="to">${to}</span>${time(receivedAt)}</a></li>
`;
}

const time = (at: Date) =>
  markup`<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 19).replace('T', ' ')} UTC</time>`;

function page(title: string, body: Markup, head: Markup = markup``): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${head}
<style>${trusted(mailPageStyle)}</style>
</head>
<body>
<h1>Shop mail</h1>
${body}
</body>
</html>
`.html;
}
