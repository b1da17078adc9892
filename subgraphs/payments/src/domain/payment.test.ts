import fc from 'fast-check';
import { type Announcement, decide, due, type Happening, ImpossibleAnswer, type Payment } from './payment.js';

const requested: Happening = { type: 'requested' };
const cancelled: Happening = { type: 'cancelled' };
const charged: Happening = { type: 'charged' };
const declined: Happening = { type: 'declined', reason: 'no money' };
const refunded: Happening = { type: 'refunded' };

/** A new payment after all that happened to it, and what was announced on the way. */
function after(...happenings: Happening[]): { payment: Payment; announced: Announcement[] } {
  let payment: Payment = { status: 'NEW' };
  const announced: Announcement[] = [];
  for (const happening of happenings) {
    const decision = decide(payment, happening);
    payment = decision.payment;
    if (decision.announce) announced.push(decision.announce);
  }
  return { payment, announced };
}

describe('a payment', () => {
  it('is paid when the provider charged', () => {
    const paid = { payment: { status: 'SUCCEEDED', cancelled: false }, announced: ['order.paid'] };
    expect(after(requested, charged)).toEqual(paid);
  });

  it('fails with the reason when the provider declined', () => {
    const failed = { payment: { status: 'FAILED', reason: 'no money' }, announced: ['payment.failed'] };
    expect(after(requested, declined)).toEqual(failed);
  });

  it('that is cancelled before its request is a tombstone: nothing is charged, nothing published', () => {
    const tombstone = after(cancelled, requested);
    expect(tombstone).toEqual({ payment: { status: 'TOMBSTONE' }, announced: [] });
    expect(due(tombstone.payment)).toBeNull();
  });

  it('that is cancelled while the charge is in flight is refunded, and only that is published', () => {
    const taken = after(requested, cancelled, charged);
    expect(taken).toEqual({ payment: { status: 'SUCCEEDED', cancelled: true }, announced: [] });
    expect(due(taken.payment)).toBe('refund');
    expect(after(requested, cancelled, charged, refunded)).toEqual({
      payment: { status: 'REFUNDED' },
      announced: ['payment.refunded'],
    });
  });

  it('that is cancelled while the charge is in flight, and then declined, has nothing to refund or to publish', () => {
    const nothing = { payment: { status: 'FAILED', reason: 'no money' }, announced: [] };
    expect(after(requested, cancelled, declined)).toEqual(nothing);
  });

  it('that is cancelled after its success is refunded', () => {
    expect(due(after(requested, charged, cancelled).payment)).toBe('refund');
    expect(after(requested, charged, cancelled, refunded).announced).toEqual(['order.paid', 'payment.refunded']);
  });

  it('that failed stays failed when its order is cancelled', () => {
    const failed = after(requested, declined, cancelled);
    expect(failed.payment).toEqual({ status: 'FAILED', reason: 'no money' });
    expect(due(failed.payment)).toBeNull();
  });

  it.each([
    ['a charge that nobody asked for', [charged]],
    ['a charge of a tombstone', [cancelled, charged]],
    ['a refund that is not due', [requested, charged, refunded]],
    ['a decline after the success', [requested, charged, declined]],
    ['a success after the decline', [requested, declined, charged]],
  ])('refuses %s', (_what, happenings) => {
    expect(() => after(...happenings)).toThrow(ImpossibleAnswer);
  });
});

describe('whatever is said, in whatever order and however often', () => {
  /** The saga's words come as they like; the provider answers what is due, or repeats its answer. */
  const story = fc.record({
    words: fc.array(fc.constantFrom('requested', 'cancelled', 'answer', 'repeat') as fc.Arbitrary<string>, {
      maxLength: 20,
    }),
    declines: fc.boolean(),
  });

  function play({ words, declines }: { words: string[]; declines: boolean }) {
    const answer = declines ? declined : charged;
    const happenings: Happening[] = [];
    const answers: Happening[] = [];
    const answerDue = () => {
      const next = due(after(...happenings).payment);
      if (next) answers.push(next === 'charge' ? answer : refunded);
      if (next) happenings.push(answers.at(-1)!);
      return next !== null;
    };
    for (const word of words) {
      if (word === 'requested') happenings.push(requested);
      else if (word === 'cancelled') happenings.push(cancelled);
      else if (word === 'answer') answerDue();
      else if (answers.length > 0) happenings.push(answers.at(-1)!);
    }
    while (answerDue());
    return { ...after(...happenings), happenings };
  }

  it('a cancelled order keeps no money, and every event is published once at most', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { payment, announced, happenings } = play(told);
        expect(due(payment)).toBeNull();
        expect(new Set(announced).size).toBe(announced.length);
        if (happenings.includes(cancelled)) expect(['TOMBSTONE', 'FAILED', 'REFUNDED']).toContain(payment.status);
        if (announced.includes('payment.failed')) expect(announced).toEqual(['payment.failed']);
      }),
    );
  });
});
