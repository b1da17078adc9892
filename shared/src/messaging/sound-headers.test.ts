import { soundHeaders } from './sound-headers.js';

describe('the headers of a message that came', () => {
  it('are those that can be believed: texts and numbers, and none of a mechanism between us and the publisher', () => {
    const sound = { attempt: 2, traceparent: '00-1', foreign: 'kept' };
    const other = {
      rascal: 'x',
      'x-death': [],
      'x-first-death-queue': 'x',
      table: {},
      flag: true,
      none: null,
      odd: NaN,
    };
    expect(soundHeaders({ ...other, ...sound })).toEqual(sound);
  });

  it('have nothing behind a prototype that was sent', () => {
    const headers = soundHeaders(Object.setPrototypeOf({ a: 'b' }, { 'x-death': 'text' }) as object);
    expect(headers['x-death']).toBeUndefined();
    expect(headers).toEqual({ a: 'b' });
  });

  it('keep ours where there is no room for all, and are never more than can be published', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`foreign-${n}`, 'x'.repeat(200)]));
    const headers = soundHeaders({ ...many, huge: 'x'.repeat(100_000), traceparent: '00-1', attempt: 3 });
    expect(headers).toMatchObject({ traceparent: '00-1', attempt: 3, 'foreign-0': many['foreign-0'] });
    expect(JSON.stringify(headers).length).toBeLessThan(20_000);
    expect(soundHeaders({ traceparent: 'x'.repeat(100_000), small: 'kept' })).toEqual({ small: 'kept' });
    expect(soundHeaders({ [Buffer.alloc(255, 0xff).toString()]: 'grown' })).toEqual({});
  });
});
