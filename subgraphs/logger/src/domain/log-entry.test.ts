import fc from 'fast-check';
import { boundedFields, fieldBounds, LEFT_OUT } from './bounded-fields.js';
import { boundedText } from './bounded-text.js';
import { logEntry, textBounds } from './log-entry.js';

const id = '0190b3a4-7c1e-7000-8000-00000000000a';
const now = new Date('2026-01-02T03:04:05.678Z');
const entryOf = (received: Parameters<typeof logEntry>[1]) => logEntry(id, received, now);

describe('an entry', () => {
  it('has defaults for what it does not say', () => {
    const defaults = { id, time: now, level: 'info', service: 'unknown', message: 'm', traceId: null, fields: null };
    expect(entryOf({ message: 'm' })).toEqual(defaults);
    expect(entryOf({ message: 'm', service: '', traceId: '' })).toEqual(defaults);
  });

  it('keeps what it says', () => {
    const said = { level: 'warn', service: 'orders', message: '', time: new Date(0), traceId: 'a', fields: { a: 1 } };
    expect(entryOf(said as never)).toEqual({ id, ...said });
  });

  it('is cut, never refused, and says by how much', () => {
    const { service, message, traceId } = entryOf({
      service: 's'.repeat(100),
      message: 'm'.repeat(textBounds.message + 7),
      traceId: 't'.repeat(129),
    });
    expect(service).toBe(`${'s'.repeat(64)}… [+36]`);
    expect(message).toBe(`${'m'.repeat(textBounds.message)}… [+7]`);
    expect(traceId).toBe(`${'t'.repeat(128)}… [+1]`);
  });

  it.each([
    [-1, '1969-12-31T23:59:59.999Z'],
    [now.getTime() + 86_400_001, '2026-01-03T03:04:05.679Z'],
    [8.64e15, '+275760-09-13T00:00:00.000Z'],
  ])('has the time at which it came when its own is %d, and says so', (ms, iso) => {
    const { time, fields } = entryOf({ message: 'm', time: new Date(ms), fields: { a: 1 } });
    expect([time, fields]).toEqual([now, { a: 1, '[time]': iso }]);
    expect(entryOf({ message: 'm', time: new Date(ms) }).fields).toEqual({ '[time]': iso });
  });

  it.each([0, now.getTime() + 86_400_000])('has its own time when that is %d', (ms) =>
    expect(entryOf({ message: 'm', time: new Date(ms) })).toMatchObject({ time: new Date(ms), fields: null }),
  );
});

describe('a text', () => {
  it('keeps its characters, but for those that nothing can keep', () => {
    expect(boundedText('a\0b\ud800c 😀', 100)).toBe('a\ufffdb\ufffdc 😀');
  });

  it('is not cut within a character', () => expect(boundedText('ab😀d', 3)).toBe('ab… [+3]'));
});

describe('the fields', () => {
  it('keep their values and shapes', () => {
    const fields = { text: 'a', n: -1.5, yes: true, none: null, list: [1, 'b', { c: [] }], deep: { a: { b: {} } } };
    expect(boundedFields(fields)).toEqual(fields);
  });

  it('become what JSON makes of values that it can not carry', () => {
    const odd = {
      at: now,
      never: new Date(NaN),
      big: 12n,
      inf: Infinity,
      no: undefined,
      fn: () => 1,
      list: [undefined],
    };
    const json = { at: now.toISOString(), never: null, big: '12', inf: null, list: [null] };
    expect(boundedFields(odd)).toEqual(json);
  });

  it('keep a name that would reach a prototype as a name', () => {
    const fields = boundedFields(JSON.parse('{"__proto__": {"a": 1}}') as object as never);
    expect(JSON.stringify(fields)).toBe('{"__proto__":{"a":1}}');
  });

  it('are left out beyond their bounds, and say so', () => {
    const many = boundedFields(Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`f${n}`, n])));
    expect(Object.keys(many)).toHaveLength(fieldBounds.values + 1);
    expect(many[LEFT_OUT]).toBe(true);
    const cyclic: Record<string, unknown> = { a: 1 };
    cyclic['self'] = cyclic;
    expect(boundedFields(cyclic)[LEFT_OUT]).toBe(true);
    expect(boundedFields({ long: 'x'.repeat(5_000) })).toEqual({ long: `${'x'.repeat(4_096)}… [+904]` });
  });

  it('are bounded and storable, whatever they are', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 12 })), (fields) => {
        const text = JSON.stringify(boundedFields(fields));
        expect(text).not.toContain('\\u0000');
        expect(text.isWellFormed()).toBe(true);
        expect(text.length).toBeLessThan(8 * fieldBounds.texts);
      }),
    );
  });
});
