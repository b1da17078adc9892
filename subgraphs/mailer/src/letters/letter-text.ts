import type { Letter } from './letter.js';

/** A letter as plain text. */
export function letterText({ heading, paragraphs, items, total, closing }: Letter): string {
  const list = items.map(
    ({ name, quantity, amount }) => `${quantity} × ${name}${amount === null ? '' : `: ${amount}`}`,
  );
  const sum = total ? [`${total.label}: ${total.amount}`] : [];
  const blocks = [heading, ...paragraphs, ...(list.length > 0 ? [list.join('\n')] : []), ...sum, `-- \n${closing}`];
  return `${blocks.join('\n\n')}\n`;
}
