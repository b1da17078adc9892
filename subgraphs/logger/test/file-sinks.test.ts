import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@shop/shared/logging/logger';
import { aKeptEntry, entries } from './an-entry.js';
import { FileSink } from '../src/sinks/file-sink.js';
import { SinkFeed } from '../src/sinks/sink-feed.js';
import { StdoutSink } from '../src/sinks/stdout-sink.js';
import { eventually } from '../../../tests/support/eventually.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logger-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const linesIn = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the file', () => {
  it('has a line of JSON for each entry, and is made with its folder', async () => {
    const file = join(folder, 'deep', 'shop.log');
    const sink = new FileSink({ file, megabytes: 1, kept: 2 });
    await sink.write([aKeptEntry({ message: 'line\nbreak', traceId: 'abc', fields: { a: 1 } }), aKeptEntry()]);
    await sink.write([aKeptEntry({ message: 'the last' })]);
    await sink.close();
    const line = { time: '2026-01-02T03:04:05.678Z', level: 'info', service: 'orders' };
    expect(linesIn(file)).toEqual([
      { ...line, message: 'line\nbreak', trace_id: 'abc', fields: { a: 1 } },
      { ...line, message: 'order placed' },
      { ...line, message: 'the last' },
    ]);
  });

  it('never grows beyond its size, nor to more files than told, and is gone on with after a restart', async () => {
    const file = join(folder, 'shop.log');
    for (let start = 0; start < 2; start += 1) {
      const sink = new FileSink({ file, megabytes: 1, kept: 2 });
      for (let n = 0; n < 25; n += 1)
        await sink.write(entries(100).map((entry) => ({ ...entry, message: 'x'.repeat(1_000) })));
      await sink.close();
    }
    expect(readdirSync(folder).toSorted()).toEqual(['shop.log', 'shop.log.1', 'shop.log.2']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(1.2 * 1_048_576);
    expect(linesIn(join(folder, 'shop.log.1')).length).toBeGreaterThan(500);
  });

  it('that can not be written is tried again, until it can', async () => {
    const file = join(folder, 'shop.log');
    mkdirSync(file);
    const sink = new FileSink({ file, megabytes: 1, kept: 2 });
    const feed = new SinkFeed({ sink, logger: silentLogger, capacity: 100, batchSize: 10 });
    const taken = [feed.take(aKeptEntry()), feed.take(aKeptEntry())];
    await eventually(() => expect(feed.isInTrouble).toBe(true));
    expect(feed.counts.written).toBe(0);
    rmSync(file, { recursive: true });
    await Promise.all(taken);
    await eventually(() => expect(linesIn(file)).toHaveLength(2));
    await feed.stop();
  });
});

it('stdout gets a line of JSON for each entry', async () => {
  const file = join(folder, 'stdout');
  const descriptor = openSync(file, 'w');
  const sink = new StdoutSink(descriptor);
  await sink.write(entries(3));
  await sink.write(entries(2));
  await sink.close();
  closeSync(descriptor);
  expect(linesIn(file).map(({ message }) => message)).toEqual(['entry 0', 'entry 1', 'entry 2', 'entry 0', 'entry 1']);
});
