/** HTML that was put together by `markup`: it needs no escaping any more. */
export class Markup {
  constructor(readonly html: string) {}
}

type Piece = string | number | Markup | readonly Markup[];

/** A template of HTML. Every value in it is escaped, for text and for quoted attributes alike, unless it is HTML itself. */
export function markup(texts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  return new Markup(texts.reduce((html, text, index) => html + htmlOf(values[index - 1] ?? '') + text));
}

/** Of this program's own making alone: what stands in it is not escaped. */
export const trusted = (html: string): Markup => new Markup(html);

function htmlOf(value: Piece): string {
  if (value instanceof Markup) return value.html;
  if (typeof value === 'object') return value.map(({ html }) => html).join('');
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
