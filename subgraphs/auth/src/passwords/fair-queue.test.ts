import { FairQueue } from './fair-queue.js';

/** A queue whose tasks say when they begin, and end when they are told. */
function watched(atOnce: number, waiting = 100) {
  const queue = new FairQueue({ atOnce, waiting });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const refused: string[] = [];
  const add = (lane: string, asker: string, name: string) =>
    void queue
      .run(lane, asker, () => {
        begun.push(name);
        return new Promise<void>((end) => ends.push(end));
      })
      .catch((error: { code?: string }) => refused.push(`${name} ${error.code}`));
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const endAll = async () => {
    await settled();
    while (ends.length > 0) {
      ends.shift()?.();
      await settled();
    }
  };
  return { queue, begun, refused, add, settled, endAll };
}

const many = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('a fair queue', () => {
  it('runs no more at once than it may, and all in the end', async () => {
    const { begun, add, settled, endAll } = watched(2);
    for (const n of many(5)) add('login', 'a', `a${n}`);
    await settled();
    expect(begun).toEqual(['a0', 'a1']);
    await endAll();
    expect(begun).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
  });

  it('gives each asker a turn, however many tasks one has', async () => {
    const { begun, add, endAll } = watched(1);
    for (const n of many(5)) add('login', 'a', `a${n}`);
    add('login', 'b', 'b0');
    add('login', 'c', 'c0');
    await endAll();
    expect(begun).toEqual(['a0', 'a1', 'b0', 'c0', 'a2', 'a3', 'a4']);
  });

  it('gives each lane a turn, however many askers one has', async () => {
    const { begun, add, endAll } = watched(1);
    for (const n of many(4)) add('register', `address ${n}`, `r${n}`);
    for (const n of many(3)) add('login', 'a', `l${n}`);
    await endAll();
    expect(begun).toEqual(['r0', 'r1', 'l0', 'r2', 'l1', 'r3', 'l2']);
  });

  it('has whoever has most waiting in a full lane make room', async () => {
    const { begun, refused, add, endAll } = watched(1, 3);
    for (const n of many(6)) add('login', 'a', `a${n}`);
    add('login', 'b', 'b0');
    add('register', 'a', 'r0');
    await endAll();
    expect(refused).toEqual(['a4 RATE_LIMITED', 'a5 RATE_LIMITED', 'a3 RATE_LIMITED']);
    expect(begun).toEqual(['a0', 'a1', 'r0', 'b0', 'a2']);
  });

  it('goes on after a task that failed, and hands its failure to whoever asked', async () => {
    const { queue } = watched(1);
    const failing = queue.run('login', 'a', () => Promise.reject(new Error('no memory')));
    const after = queue.run('login', 'a', async () => 'done');
    await expect(failing).rejects.toThrow('no memory');
    expect(await after).toBe('done');
    expect(await queue.run('login', 'b', async () => 'idle again')).toBe('idle again');
  });
});
