import { describe, expect, it, jest } from '@jest/globals';
import { mapEvents } from '@shop/shared/graphql/map-events';
import { EventQueue } from './event-queue.js';

const aQueue = () => {
  const onClose = jest.fn();
  return { queue: new EventQueue<number>(onClose, () => new Error('too slow')), onClose };
};
const read = async (events: AsyncGenerator<number, void, undefined>) => {
  const seen: number[] = [];
  for await (const event of events) seen.push(event);
  return seen;
};

describe('an event queue', () => {
  it('gives events in order, whether they came before or after they were asked for', async () => {
    const { queue, onClose } = aQueue();
    queue.push(1);
    const reading = read(queue);
    queue.push(2);
    await Promise.resolve();
    queue.push(3);
    queue.end();
    expect(await reading).toEqual([1, 2, 3]);
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('gives what waits before the error that ended it, and that error once', async () => {
    const { queue, onClose } = aQueue();
    queue.push(1);
    queue.fail(new Error('broken'));
    queue.push(2);
    expect(await queue.next()).toEqual({ done: false, value: 1 });
    await expect(queue.next()).rejects.toThrow('broken');
    expect(await queue.next()).toEqual({ done: true, value: undefined });
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('fails the reader that waits', async () => {
    const { queue } = aQueue();
    const waiting = queue.next();
    queue.fail(new Error('broken'));
    await expect(waiting).rejects.toThrow('broken');
  });

  it('lets go of everything when its reader returns, even one that waits', async () => {
    const { queue, onClose } = aQueue();
    const waiting = queue.next();
    await queue.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    queue.push(1);
    queue.fail(new Error('late'));
    expect(await queue.next()).toEqual({ done: true, value: undefined });
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('gives up on a reader that does not read', async () => {
    const { queue, onClose } = aQueue();
    for (let event = 0; event <= 10_000; event++) queue.push(event);
    expect(onClose).toHaveBeenCalledTimes(1);
    await expect(queue.next()).rejects.toThrow('too slow');
  });

  it('maps one event after the other, and returns through', async () => {
    const { queue, onClose } = aQueue();
    const mapped = mapEvents(queue, async (event) => event * 10);
    queue.push(1);
    queue.push(2);
    expect([await mapped.next(), await mapped.next()].map(({ value }) => value)).toEqual([10, 20]);
    const waiting = mapped.next();
    await mapped.return();
    expect((await waiting).done).toBe(true);
    expect(onClose).toHaveBeenCalledTimes(1);
  });
});
