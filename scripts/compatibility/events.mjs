import { narrowing } from './narrowing.mjs';

/**
 * What services may trip over while old and new ones run side by side, and old messages wait in queues: each must read what
 * the other writes. Both are JSON schemas of bodies, by routing key.
 * @returns {{what: string, says: string}[]}
 */
export function eventBreaks(before, after) {
  return Object.entries(before).flatMap(([what, old]) => {
    const now = after[what];
    if (!now) return [{ what, says: 'is no event any more' }];
    return [
      ...narrowing(now, old).map((says) => ({
        what,
        says: `as it is written now, an older consumer refuses: ${says}`,
      })),
      ...narrowing(old, now).map((says) => ({ what, says: `as it was written, it is refused now: ${says}` })),
    ];
  });
}
