/** Digits, perhaps in groups, that stand for themselves; a uuid comes first, for its groups are no card's. */
const CANDIDATE =
  /(?<![0-9A-Za-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9A-Za-z])|(?<![0-9A-Za-z.])\d(?:[ \u00a0-]?\d){12,30}(?![0-9A-Za-z])/gi;
const GROUPS = /[ \u00a0-]/;
const UUID_LENGTH = 36;

/** A text in which no card number is left, in groups or not, whatever other digits stand beside it. */
export function withoutCards(text: string, replacement: string): string {
  return text.replace(CANDIDATE, (candidate) =>
    !(candidate.length === UUID_LENGTH && candidate[8] === '-' && candidate[13] === '-') && holdsCard(candidate)
      ? replacement
      : candidate,
  );
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

/** Some of the groups that follow each other may be the card: what stands before is a date, what follows its code. */
function holdsCard(candidate: string): boolean {
  const groups = candidate.split(GROUPS);
  return groups.some((_, first) =>
    groups.some((__, last) => last >= first && isCardLike(groups.slice(first, last + 1).join(''))),
  );
}
