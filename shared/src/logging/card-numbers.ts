const UUID = '(?<![0-9A-Za-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9A-Za-z])';
/** What stands between the groups of a number, as people write it. */
const BETWEEN = '[ \\u00a0\\t./_\\u2013-]';
const DIGITS = `\\d(?:${BETWEEN}{0,3}\\d)`;
/** Digits, perhaps in groups, also right behind a letter; a uuid comes first, for its groups are no card's. */
const CANDIDATE = new RegExp(`(${UUID})|(?<!\\d)${DIGITS}{12,}(?![0-9A-Za-z])`, 'gi');
const PARTS = new RegExp(`(${BETWEEN}+)`);
const CUT = new RegExp(`${DIGITS}*${BETWEEN}{0,3}$`);
/** The longest number there is takes up no more, with all that stands between its digits. */
const LONGEST = 80;
const CARD_DIGITS = 19;

/** A text in which no card number is left, in groups or not, whatever other digits stand beside it. */
export function withoutCards(text: string, replacement: string): string {
  return text.replace(CANDIDATE, (candidate, uuid: string | undefined) =>
    uuid === undefined && holdsCard(candidate) ? replacement : candidate,
  );
}

/** A text that was cut off, without the number at its end: half a card number is not known for one. */
export function withoutCutNumber(text: string): string {
  return text.slice(0, -LONGEST) + text.slice(-LONGEST).replace(CUT, '');
}

/** ISO/IEC 7812: 13 to 19 digits, the first one a bank's or a merchant's, the last one a check digit (annex B, Luhn). */
export function isCardLike(digits: string): boolean {
  if (!/^[2-6]\d{12,18}$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/**
 * Some of the groups that follow each other may be the card: what stands before is a date, what follows its code. Dots,
 * slashes and low lines stand in fractions, addresses and paths as well: between them, a card is in groups as on the card.
 */
function holdsCard(candidate: string): boolean {
  const parts = candidate.split(PARTS);
  for (let first = 0; first < parts.length; first += 2) {
    let [digits, asOnCard] = ['', true];
    let inNumber = parts[first - 1] === '.';
    for (let last = first; last < parts.length && digits.length <= CARD_DIGITS; last += 2) {
      const group = parts[last] ?? '';
      digits += group;
      asOnCard &&= group.length >= 3 && group.length <= 7;
      inNumber ||= last > first && /[./_]/.test(parts[last - 1] ?? '');
      if (inNumber && !asOnCard) break;
      if (isCardLike(digits) && (!inNumber || last >= first + 2 * 2)) return true;
    }
  }
  return false;
}
