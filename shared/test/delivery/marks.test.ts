import { randomUUID } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { Marks } from '../../src/delivery/marks.js';
import type { OutboxRow } from '../../src/delivery/outbox.js';

const aRow = (): OutboxRow => ({
  ...{ id: randomUUID(), destination: 'redis', exchange: '', type: 'a', correlationId: '', headers: {}, body: {} },
  createdAt: new Date(),
});

describe('the marks of published rows', () => {
  it('end a flush with what was there when it began, though more comes all the time', async () => {
    const marked: number[] = [];
    const marks: Marks = new Marks(
      async (rows) => {
        marked.push(rows.length);
        if (marked.length > 20) return;
        // As fast as they are marked, others are confirmed.
        marks.add([aRow()]);
      },
      () => undefined,
    );
    marks.add([aRow(), aRow()]);
    await marks.flush();
    expect(marked.length).toBeLessThanOrEqual(2);
    expect(marked[0]).toBe(2);
  });

  it('are all made when any of several flushes ends, whichever of them makes them', async () => {
    const ends: (() => void)[] = [];
    const marks = new Marks(
      () => new Promise<void>((resolve) => ends.push(resolve)),
      () => undefined,
    );
    marks.add([aRow()]);
    const first = marks.flush();
    await breathe();
    marks.add([aRow(), aRow()]);
    let ended = 0;
    const others = [marks.flush(), marks.flush()].map((flush) => flush.then(() => (ended += 1)));
    ends[0]?.();
    await first;
    await breathe();
    expect([ends.length, ended, marks.count]).toEqual([2, 0, 2]);
    ends[1]?.();
    await Promise.all(others);
    expect([ends.length, marks.count]).toEqual([2, 0]);
  });

  it('are made again after they failed, at once or later, and are said to have', async () => {
    let fails = 0;
    let heard = 0;
    const marked: string[] = [];
    const marks = new Marks(
      (rows) => {
        fails += 1;
        if (fails === 1) throw new Error('at once');
        if (fails === 2) return Promise.reject(new Error('later'));
        marked.push(...rows.map(({ id }) => id));
        return Promise.resolve();
      },
      () => (heard += 1),
    );
    const [one, other] = [aRow(), aRow()];
    marks.add([one]);
    await expect(marks.flush()).rejects.toThrow('at once');
    marks.add([other]);
    await expect(marks.flush()).rejects.toThrow('later');
    expect(marks.count).toBe(2);
    await marks.flush();
    expect([marked, marks.count, heard]).toEqual([[one.id, other.id], 0, 0]);
  });
});
