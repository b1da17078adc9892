import { type AddressInfo, connect, createServer } from 'node:net';
import { aService } from '../delivery/a-service.js';

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
}, 30_000);

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
