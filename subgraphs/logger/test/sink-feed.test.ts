import { silentLogger } from '@shop/shared/logging/logger';
import { aKeptEntry, entries } from './an-entry.js';
import type { LogEntry } from '../src/domain/log-entry.js';
import { type LogSink, Refused, TryLater } from '../src/sinks/log-sink.js';
import { SinkFeed } from '../src/sinks/sink-feed.js';
import { KeepEntry } from '../src/use-cases/keep-entry.js';
import { eventually } from '../../../tests/support/eventually.js';

/** A sink that does what it is told, and remembers what it was given. */
class ToldSink implements LogSink {
  readonly name = 'told';
  readonly attempts: (readonly LogEntry[])[] = [];
  readonly kept: LogEntry[] = [];
  answer: (batch: readonly LogEntry[]) => Promise<void> = async () => undefined;

  async write(batch: readonly LogEntry[]): Promise<void> {
    this.attempts.push(batch);
    await this.answer(batch);
    this.kept.push(...batch);
  }

  async close(): Promise<void> {}
}

const fails = async () => {
  throw new Error('away');
};
const hangs = () => new Promise<void>(() => undefined);

let sink: ToldSink;
let feed: SinkFeed;
beforeEach(() => {
  sink = new ToldSink();
  feed = aFeed(sink);
});
afterEach(() => feed.stop());

function aFeed(of: LogSink): SinkFeed {
  return new SinkFeed({ sink: of, logger: silentLogger, capacity: 100, batchSize: 10, patienceMs: 50 });
}

/** Gives entries to the feed, and waits for none. */
function pour(all: readonly LogEntry[]): void {
  for (const entry of all) feed.take(entry).catch(() => undefined);
}

/** Gives the feed an entry that is not dropped unsaid. Answers what becomes of it. */
function lend(): Promise<unknown> {
  return feed.take(aKeptEntry(), 60_000).catch((error: unknown) => error);
}

describe('a feed', () => {
  it('gives batches, in order, and says when they are kept', async () => {
    const all = entries(25);
    await Promise.all(all.map((entry) => feed.take(entry)));
    expect(sink.kept).toEqual(all);
    expect(sink.attempts.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(feed.counts).toEqual({ written: 25, refused: 0, returned: 0, dropped: 0 });
  });

  it('takes what comes while nothing, and while something, is under way', async () => {
    for (const entry of entries(5)) await feed.take(entry);
    expect(sink.kept).toHaveLength(5);
  });

  it('goes on trying a sink that fails, and says that it kept an entry only then', async () => {
    sink.answer = fails;
    const all = entries(30);
    let kept = 0;
    const taken = all.map((entry) => feed.take(entry).then(() => (kept += 1)));
    await eventually(() => expect(sink.attempts.length).toBeGreaterThan(1));
    expect([kept, feed.backlog]).toEqual([0, 30]);
    sink.answer = async () => undefined;
    await Promise.all(taken);
    expect(sink.kept).toEqual(all);
    expect(feed.counts).toEqual({ written: 30, refused: 0, returned: 0, dropped: 0 });
  });

  it.each([
    ['fails', fails],
    ['hangs', hangs],
  ])('gives an entry back in time to who has it, when the sink %s, and keeps it no more', async (_what, trouble) => {
    sink.answer = trouble;
    const lent = entries(30).map((entry) => feed.take(entry, 300));
    const outcomes = await Promise.allSettled(lent);
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(outcomes[0]).toMatchObject({ reason: { code: 'SUBGRAPH_UNAVAILABLE' } });
    expect([feed.backlog, feed.counts]).toEqual([0, { written: 0, refused: 0, returned: 30, dropped: 0 }]);
    expect(sink.kept).toEqual([]);
  });

  it('gives back what it has no room for, and drops what nobody has', async () => {
    sink.answer = hangs;
    pour(entries(10));
    await eventually(() => expect(sink.attempts).toHaveLength(1));
    const lent = lend();
    pour(entries(101));
    expect(await lent).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    expect(feed.counts).toMatchObject({ returned: 1, dropped: 1 });
  });

  it('gives all back at once when it is in a hurry', async () => {
    sink.answer = hangs;
    const lent = feed.take(aKeptEntry(), 60_000);
    const unheld = feed.take(aKeptEntry());
    unheld.catch(() => undefined);
    feed.hurry();
    await expect(lent).rejects.toThrow('bring it again later');
    await expect(feed.take(aKeptEntry(), 60_000)).rejects.toThrow('bring it again later');
    expect(feed.backlog).toBe(1);
  });

  it('drops the oldest of what waits through an outage, and counts it', async () => {
    sink.answer = fails;
    const all = entries(150);
    pour(all.slice(0, 10));
    await eventually(() => expect(sink.attempts).toHaveLength(1));
    pour(all.slice(10));
    expect(feed.counts.dropped).toBe(40);
    sink.answer = async () => undefined;
    // What was under way when the outage began is tried again; of the rest the newest are left.
    await eventually(() => expect(sink.kept).toEqual([...all.slice(0, 10), ...all.slice(50)]));
  });

  it('waits as long as it is told', async () => {
    const at: number[] = [];
    sink.answer = async () => {
      at.push(performance.now());
      if (at.length === 1) throw new TryLater('slowly', 700);
    };
    await feed.take(aKeptEntry());
    await eventually(() => expect(sink.kept).toHaveLength(1));
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(690);
  });

  it('tells of those that are refused, and keeps the others', async () => {
    const [bad, ...good] = entries(4) as [LogEntry, ...LogEntry[]];
    sink.answer = async (batch) => {
      if (batch.includes(bad)) throw new Refused('not that one', [bad]);
    };
    const [refused, ...kept] = await Promise.allSettled([bad, ...good].map((entry) => feed.take(entry)));
    expect(refused).toMatchObject({ status: 'rejected', reason: { message: 'not that one' } });
    expect(kept.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(feed.counts).toEqual({ written: 3, refused: 1, returned: 0, dropped: 0 });
    expect(sink.attempts).toHaveLength(1);
  });

  it('gives the sink a last chance when it stops, and drops the rest', async () => {
    sink.answer = fails;
    const lent = lend();
    pour(entries(25));
    await feed.stop();
    expect(feed.counts).toMatchObject({ returned: 1, dropped: 25 });
    expect(await lent).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });

    const other = new ToldSink();
    const second = aFeed(other);
    const taken = entries(25).map((entry) => second.take(entry));
    await second.stop();
    await Promise.all(taken);
    expect(other.kept).toHaveLength(25);
  });
});

it('a sink that fails or hangs stops neither the others nor intake', async () => {
  const sinks = { database: sink, failing: new ToldSink(), hanging: new ToldSink(), fine: new ToldSink() };
  sinks.failing.answer = fails;
  sinks.hanging.answer = hangs;
  const others = [sinks.failing, sinks.hanging, sinks.fine].map(aFeed);
  const keepEntry = new KeepEntry({ database: feed, others }, () => new Date());
  const bring = async () => {
    for (let times = 0; times < 10; times += 1) {
      await Promise.allSettled(entries(50).map((entry) => keepEntry.run(entry, { withinMs: 300 })));
      // So small a feed has to have been emptied before more than it holds comes at once.
      await eventually(() => expect(others[2]?.backlog).toBe(0));
    }
  };
  await bring();
  expect(sinks.database.kept).toHaveLength(500);
  await eventually(() => expect(sinks.fine.kept).toHaveLength(500));
  expect(others[0]?.counts.dropped).toBeGreaterThan(300);

  sinks.database.answer = hangs;
  await bring();
  await eventually(() => expect(sinks.fine.kept).toHaveLength(1_000));
  expect(feed.counts.returned).toBe(500);
  await Promise.all(others.map((other) => other.stop()));
});
