import type { Letter, LetterItem } from './letter.js';
import { markup, type Markup } from './markup.js';

/**
 * A letter as HTML. Tables and styles in the elements themselves are what mail readers agree on; nothing is loaded from
 * anywhere.
 */
export function letterHtml({ subject, heading, paragraphs, items, total, closing }: Letter): string {
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>${subject}</title>
</head>
<body style="margin:0;padding:0;background:#f3f1ec">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f1ec">
<tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="${card}">
<tr><td style="padding:20px 32px;background:#1f4d3f;color:#ffffff;font-size:15px;letter-spacing:.08em">SHOP</td></tr>
<tr><td style="padding:32px">
<h1 style="margin:0 0 16px;font-size:24px;line-height:1.25;color:#16362d">${heading}</h1>
${paragraphs.map((text) => markup`<p style="margin:0 0 16px">${text}</p>\n`)}${table(items, total)}</td></tr>
<tr><td style="padding:16px 32px;border-top:1px solid #e8e4db;color:#6f6a60;font-size:13px">${closing}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
  return page.html;
}

const card = [
  'max-width:560px',
  'background:#ffffff',
  'border:1px solid #e8e4db',
  'border-radius:8px',
  'border-collapse:separate',
  'overflow:hidden',
  'color:#2b2822',
  "font:16px/1.55 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif",
].join(';');

function table(items: readonly LetterItem[], total: Letter['total']): Markup {
  if (items.length === 0 && !total) return markup``;
  const sum = total ? row(total.label, total.amount, 'padding:14px 0 0;font-weight:600;font-size:18px') : markup``;
  return markup`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:8px 0 0">
${items.map(({ name, quantity, amount }) => row(`${quantity} × ${name}`, amount ?? '', line))}${sum}</table>
`;
}

const line = 'padding:10px 0;border-bottom:1px solid #efece5';

/** A long name breaks; an amount doesn't. */
function row(what: string, amount: string, style: string): Markup {
  return markup`<tr><td style="${style};overflow-wrap:anywhere">${what}</td><td align="right" valign="top" style="${style};padding-left:16px;white-space:nowrap">${amount}</td></tr>
`;
}
