import fc from 'fast-check';
import { letterHtml } from './letter-html.js';
import { letterText } from './letter-text.js';
import type { Letter } from './letter.js';
import { markup } from './markup.js';
import { moneyText } from './money-text.js';
import { cancellationLetter, confirmationLetter, refundLetter } from './order-letters.js';
import { plainLine } from './plain-line.js';

const UUID = 'c0ffee00-7c1e-4000-8000-000000000000';

describe('money', () => {
  it.each([
    [120_000, 'VND', '₫120,000'],
    [0, 'VND', '₫0'],
    [1_999, 'EUR', '€19.99'],
    [5, 'USD', '$0.05'],
    [0, 'EUR', '€0.00'],
    [123_456, 'KWD', 'KWD\u00a0123.456'],
    [500, 'JPY', '¥500'],
    [Number.MAX_SAFE_INTEGER, 'EUR', '€90,071,992,547,409.91'],
    [12, 'ZZZ', 'ZZZ\u00a00.12'],
  ])('%d of %s is %s', (amount, currency, text) => expect(moneyText(amount, currency)).toBe(text));
});

describe('somebody else’s words', () => {
  it.each([
    ['Tea', 'Tea'],
    ['  a\t\r\n b  ', 'a b'],
    ['a\u2028b\u2029c\u0085d', 'a b c d'],
    ['ok\u202egnp.x\u2066', 'ok gnp.x'],
    ['0123456789x', '012345678…'],
    ['0123456789', '0123456789'],
    ['🍵'.repeat(11), `${'🍵'.repeat(9)}…`],
  ])('%j is the line %j', (text, line) => expect(plainLine(text, 10)).toBe(line));

  it('are always one whole line that is no longer than told', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (text, limit) => {
        const line = plainLine(text, limit);
        expect(Array.from(line).length).toBeLessThanOrEqual(limit);
        expect(line).not.toMatch(/[\r\n\u2028\u2029]/);
        expect(line.isWellFormed()).toBe(true);
      }),
    ));
});

describe('markup', () => {
  it('escapes every value but markup', () => {
    expect(markup`<p title="${`"'`}">${'<b>&'}${markup`<i>${1}</i>`}${[markup`x`, markup`y`]}</p>`.html).toBe(
      '<p title="&quot;&#39;">&lt;b&gt;&amp;<i>1</i>xy</p>',
    );
  });
});

/** What a reader of the HTML reads: its words, line by line. */
const wordsOf = (html: string) =>
  html
    .replace(/<head>.*<\/head>/s, '')
    .replace(/<[^>]*>/g, '\n')
    .replace(
      /&(lt|gt|quot|#39|amp);/g,
      (_all, name: string) => ({ lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' })[name] ?? '',
    )
    .split('\n')
    .filter((line) => line.trim() !== '');

describe('the two parts of a mail', () => {
  const items = fc.array(
    fc.record({
      name: fc
        .string({ unit: 'grapheme-composite', minLength: 1, maxLength: 200 })
        .filter((name) => plainLine(name, 120) !== ''),
      quantity: fc.integer({ min: 1, max: 1_000_000 }),
      price: fc.maxSafeNat(),
    }),
    { minLength: 1, maxLength: 120 },
  );
  const money = fc.record({ amount: fc.maxSafeNat(), currency: fc.constantFrom('VND', 'EUR', 'KWD', 'ZZZ') });
  const reason = fc.constantFrom('OUT_OF_STOCK', 'PAYMENT_DECLINED', 'CANCELLED_BY_CUSTOMER', 'TIMED_OUT');
  const letter: fc.Arbitrary<Letter> = fc.oneof(
    fc.tuple(items, money).map(([list, total]) => confirmationLetter(UUID, list, total)),
    fc.tuple(items, reason).map(([list, why]) => cancellationLetter(UUID, list, why as 'TIMED_OUT')),
    money.map((amount) => refundLetter(UUID, amount)),
  );

  it('say the same', () =>
    fc.assert(
      fc.property(letter, (written) => {
        const words = wordsOf(letterHtml(written)).join('');
        const text = letterText(written);
        for (const line of [written.heading, ...written.paragraphs, written.closing]) {
          expect(words).toContain(line);
          expect(text).toContain(line);
        }
        for (const { name, quantity, amount } of written.items) {
          expect(words).toContain(`${quantity} × ${name}${amount ?? ''}`);
          expect(text).toContain(`\n${quantity} × ${name}${amount === null ? '' : `: ${amount}`}\n`);
        }
        if (written.total) for (const part of [words, text]) expect(part).toContain(written.total.amount);
      }),
      { numRuns: 50 },
    ));

  it('have a subject that holds nothing of somebody else', () =>
    fc.assert(
      fc.property(letter, ({ subject }) => expect(subject).toMatch(/^([^\n]+ was refunded for order|Order) C0FFEE00/)),
      { numRuns: 50 },
    ));
});
