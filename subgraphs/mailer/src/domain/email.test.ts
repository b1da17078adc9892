import fc from 'fast-check';
import { claim, type EmailProgress, type Outcome, settle } from './email.js';

const at = (second: number) => new Date(second * 1_000);
const queued: EmailProgress = { state: { status: 'QUEUED' }, attempt: 0 };
const sending: EmailProgress = { state: { status: 'SENDING', until: at(10) }, attempt: 1 };
const sent: EmailProgress = { state: { status: 'SENT', at: at(5) }, attempt: 1 };
const failed: EmailProgress = { state: { status: 'FAILED', reason: '550' }, attempt: 1 };

describe('claiming an email', () => {
  it('is for one at a time, and for so long', () => {
    expect(claim(queued, at(0), 10_000)).toEqual({ type: 'mine', progress: sending });
    expect(claim(sending, at(9), 10_000)).toEqual({ type: 'taken', until: at(10) });
  });

  it('takes over from one that did not live to settle it', () => {
    const progress = { state: { status: 'SENDING', until: at(20) }, attempt: 2 };
    expect(claim(sending, at(10), 10_000)).toEqual({ type: 'mine', progress });
  });

  it('finds it sent, and a refused one to be tried again', () => {
    expect(claim(sent, at(99), 10_000)).toEqual({ type: 'sent' });
    expect(claim(failed, at(99), 10_000)).toMatchObject({ type: 'mine', progress: { attempt: 2 } });
  });
});

describe('settling an attempt', () => {
  const refused: Outcome = { type: 'refused', reason: '550' };

  it('notes what the server said', () => {
    expect(settle(sending, 1, { type: 'accepted', at: at(5) })).toEqual(sent);
    expect(settle(sending, 1, refused)).toEqual(failed);
    expect(settle(sending, 1, { type: 'unknown' })).toEqual({ ...queued, attempt: 1 });
  });

  it('says nothing of an attempt that came after it, but that the mail is sent', () => {
    const taken: EmailProgress = { state: { status: 'SENDING', until: at(20) }, attempt: 2 };
    expect(settle(taken, 1, refused)).toEqual(taken);
    expect(settle(taken, 1, { type: 'unknown' })).toEqual(taken);
    expect(settle(taken, 1, { type: 'accepted', at: at(5) })).toMatchObject({ state: sent.state });
  });

  it('leaves what is sent as it is, whatever is said afterwards', () => {
    const outcome = fc.oneof<fc.Arbitrary<Outcome>[]>(
      fc.constant(refused),
      fc.constant({ type: 'unknown' }),
      fc.date({ noInvalidDate: true }).map((date) => ({ type: 'accepted', at: date })),
    );
    fc.assert(fc.property(outcome, fc.nat(5), (said, attempt) => expect(settle(sent, attempt, said)).toBe(sent)));
  });
});
