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

describe('a feed', () => {
  it('gives batches, in order, and says when they are kept', async () => {
    const all = entries(25);
    await Promise.all(all.map((entry) => feed.take(entry)));
    expect(sink.kept).toEqual(all);
    expect(sink.attempts.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(feed.counts).toEqual({ written: 25, refused: 0, dropped: 0 });
  });

  it('takes what comes while nothing, and while something, is under way', async () => {
    for (const entry of entries(5)) await feed.take(entry);
    expect(sink.kept).toHaveLength(5);
  });

  it('goes on trying a sink that fails, and lets nobody wait for it', async () => {
    sink.answer = fails;
    const all = entries(30);
    await Promise.all(all.map((entry) => feed.take(entry)));
    expect(sink.kept).toEqual([]);
    expect(feed.backlog).toBe(30);
    sink.answer = async () => undefined;
    await eventually(() => expect(sink.kept).toEqual(all));
    expect(feed.counts).toEqual({ written: 30, refused: 0, dropped: 0 });
  });

  it('lets nobody wait for a sink that hangs', async () => {
    sink.answer = hangs;
    await Promise.all(entries(30).map((entry) => feed.take(entry)));
    expect(sink.attempts).toHaveLength(1);
  });

  it('drops the oldest of what waits through an outage, and counts it', async () => {
    sink.answer = fails;
    const all = entries(150);
    await Promise.all(all.slice(0, 10).map((entry) => feed.take(entry)));
    await Promise.all(all.slice(10).map((entry) => feed.take(entry)));
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
    expect(feed.counts).toEqual({ written: 3, refused: 1, dropped: 0 });
    expect(sink.attempts).toHaveLength(1);
  });

  it('gives the sink a last chance when it stops, and drops the rest', async () => {
    sink.answer = fails;
    await Promise.all(entries(25).map((entry) => feed.take(entry)));
    await feed.stop();
    expect(feed.counts.dropped).toBe(25);

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
      await Promise.all(entries(50).map((entry) => keepEntry.run(entry)));
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
  await eventually(() => expect(feed.counts.dropped).toBeGreaterThan(300));
  await Promise.all(others.map((other) => other.stop()));
}, 20_000);
