import { randomUUID } from 'node:crypto';
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
