import { Cleanup } from '../src/cleanup.js';

describe('cleaning up', () => {
  let said: string[];
  const say = (sentence: string) => void said.push(sentence);
  beforeEach(() => (said = []));

  it('goes backwards, past a step that fails', async () => {
    const order: string[] = [];
    const cleanup = new Cleanup();
    cleanup.add('the server', async () => void order.push('server'));
    cleanup.add('the cart', () => Promise.reject(new Error('stuck')));
    cleanup.add('the gateway', async () => void order.push('gateway'));
    await expect(cleanup.run(say, 5)).resolves.toBe(false);
    expect(order).toEqual(['gateway', 'server']);
    expect(said).toEqual(['the cart did not stop cleanly: stuck']);
  });

  it('waits no longer than told for a step that hangs', async () => {
    const cleanup = new Cleanup();
    cleanup.add('the cart', () => new Promise(() => undefined));
    await expect(cleanup.run(say, 0.01)).resolves.toBe(false);
    expect(said).toEqual(['the cart did not stop in time.']);
  });
});
