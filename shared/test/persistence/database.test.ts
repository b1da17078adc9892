import { type AddressInfo, connect, createServer } from 'node:net';
import { silentLogger } from '../../src/logging/logger.js';
import { Transactions } from '../../src/delivery/transactions.js';
import { publicErrorOf } from '../../src/errors/public-error.js';
import { aService } from '../delivery/a-service.js';
import { tcpProxy } from '../../../tests/support/tcp-proxy.js';

it('a transaction that its process forgets does not hold its locks for ever', async () => {
  const service = await aService();
  const [row] = await service.database
    .fork()
    .execute<{ idle_in_transaction_session_timeout: string }[]>('show idle_in_transaction_session_timeout');
  expect(row).toEqual({ idle_in_transaction_session_timeout: '1min' });
  await service.stop();
});

it('a transaction is never the context of another database in the same process', async () => {
  const [service, another] = [await aService(), await aService()];
  const nameOf = async (of: typeof service) => {
    const [row] = await of.database.fork().execute<{ name: string }[]>('select current_database() as name');
    return row?.name;
  };
  const inside = await service.transactions.run(() => nameOf(another));
  expect(inside).toBe(await nameOf(another));
  await Promise.all([service.stop(), another.stop()]);
});

it('a start waits for a server that is slow to answer, and not for one that is not there', async () => {
  const service = await aService();
  let silent = 1;
  const { hostname, port } = new URL(service.url);
  const door = createServer((client) => {
    client.on('error', () => undefined);
    if (silent-- > 0) return void client.resume();
    const server = connect({ port: Number(port), host: hostname });
    server.on('error', () => undefined);
    client.pipe(server).pipe(client);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const url = new URL(service.url);
  url.host = `127.0.0.1:${(door.address() as AddressInfo).port}`;
  const slow = service.open(url.href);
  await slow.start();
  expect(silent).toBeLessThan(0);
  await slow.stop();
  await new Promise((resolve) => door.close(resolve));

  const absent = service.open(url.href);
  await expect(absent.start()).rejects.toThrow(/ECONNREFUSED/);
  await absent.stop();
  await service.stop();
});

describe('a transaction whose connection breaks', () => {
  it('does not keep its place in the pool', async () => {
    const service = await aService();
    const breaking = () =>
      service.transactions.run(({ em }) => em.execute('select pg_terminate_backend(pg_backend_pid())'));
    for (let n = 0; n < 12; n += 1) await expect(breaking()).rejects.toThrow();
    await expect(service.transactions.run(async () => 'goes on')).resolves.toBe('goes on');
    expect(await service.database.isReachable()).toBe(true);
    await service.stop();
  });

  it('does not keep its place when somebody else ends it while nothing is asked', async () => {
    const service = await aService();
    const other = service.open();
    await other.start();
    const idle = (): Promise<unknown> =>
      service.transactions.run(async ({ em }) => {
        const [row] = await em.execute<{ pid: number }[]>('select pg_backend_pid() as pid');
        await other.fork().execute('select pg_terminate_backend(?)', [row?.pid ?? 0]);
        await em.execute('select 1');
      });
    await Promise.all(Array.from({ length: 10 }, () => expect(idle()).rejects.toThrow()));
    expect(await service.database.isReachable()).toBe(true);
    await other.stop();
    await service.stop();
  });
});

describe('a statement that is never answered', () => {
  /** A pool of one connection, by a network that a test can make silent. */
  const behindProxy = async (answerWithinMs: number) => {
    const service = await aService();
    const proxy = await tcpProxy(service.url);
    const url = new URL(service.url);
    url.host = proxy.host;
    const database = service.open(url.href, { answerWithinMs, poolSize: 1 });
    await database.start();
    const transactions = new Transactions(database, { logger: silentLogger });
    const silence = () => proxy.passages().forEach((passage) => passage.swallow());
    const stop = async () => {
      await database.stop();
      await proxy.close();
      await service.stop();
    };
    return { database, transactions, silence, stop };
  };
  const failureOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error);

  it.each([
    ['its first', 0],
    ['one in its middle', 1],
  ])('does not keep the place of its transaction in the pool, at %s', async (_which, before) => {
    const { database, transactions, silence, stop } = await behindProxy(500);
    await database.fork().execute('select 1');
    const since = performance.now();
    if (before === 0) silence();
    const failure = await failureOf(
      transactions.run(async ({ em }) => {
        await em.execute('select 1');
        silence();
        await em.execute('select 2');
      }),
    );
    expect(publicErrorOf(failure)?.code).toBe('SUBGRAPH_UNAVAILABLE');
    await expect(transactions.run(async ({ em }) => em.execute('select 3 as n'))).resolves.toEqual([{ n: 3 }]);
    // One wait, and not another for the ROLLBACK.
    expect(performance.now() - since).toBeLessThan(4_000);
    await stop();
  });

  it('is given up by the server first if it is only slow: its connection stays', async () => {
    const { database, transactions, stop } = await behindProxy(1_000);
    const pid = () => database.fork().execute('select pg_backend_pid()');
    const first = await pid();
    const failure = await failureOf(transactions.run(({ em }) => em.execute('select pg_sleep(20)')));
    expect(publicErrorOf(failure)?.code).toBe('SUBGRAPH_UNAVAILABLE');
    expect(await pid()).toEqual(first);
    await stop();
  });

  it('does not keep a database from stopping', async () => {
    const { database, silence, stop } = await behindProxy(60_000);
    await database.fork().execute('select 1');
    silence();
    await stop();
  });
});

it('a start waits for the migrations of another process, for longer than for any statement', async () => {
  const service = await aService();
  const other = service.open();
  await other.start();
  const late = service.open(service.url, { answerWithinMs: 200 });
  const started = await other.fork().transactional(async (em) => {
    await em.execute('select pg_advisory_xact_lock(7301977)');
    const starting = late.start();
    await em.execute('select pg_sleep(1)');
    return { starting };
  });
  await expect(started.starting).resolves.toBeUndefined();
  await Promise.all([late.stop(), other.stop()]);
  await service.stop();
});
