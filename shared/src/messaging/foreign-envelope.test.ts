import { completeEnvelope } from './foreign-envelope.js';

const envelope = (foreign: object) => completeEnvelope({ type: 'order.paid', ...foreign }, 'text');

describe('the envelope of what came', () => {
  it('has texts that fit into a property again, though they have grown when they were read', () => {
    const grown = Buffer.alloc(255, 0xff).toString();
    const { type, correlationId, appId } = envelope({ type: grown, correlationId: grown, appId: grown });
    for (const text of [type, correlationId, appId]) expect(Buffer.byteLength(text)).toBe(255);
  });

  it('leaves alone what fits', () => {
    const [correlationId, appId] = ['c'.repeat(255), 'Hải Phòng'];
    expect(envelope({ correlationId, appId, timestamp: 0 })).toMatchObject({ correlationId, appId, timestamp: 0 });
  });

  it.each([2 ** 63, -1, NaN, '2026'])('has a time, also where %p was given', (timestamp) => {
    expect(Math.abs(Date.now() - envelope({ timestamp }).timestamp)).toBeLessThan(60_000);
  });
});
