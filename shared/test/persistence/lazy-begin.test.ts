import pg from 'pg';
import { PostgresMeter } from '../../../tests/support/postgres-meter.js';
import { aService } from '../delivery/a-service.js';

describe('a transaction that begins with its first statement', () => {
  let service: Awaited<ReturnType<typeof aService>>;
  let meter: PostgresMeter;
  let metered: typeof service.database;

  beforeAll(async () => {
    service = await aService();
    meter = await PostgresMeter.before(service.url, []);
    metered = service.open(meter.url);
    await metered.start();
    await metered.fork().execute('create table notes (id int primary key)');
  });
  afterAll(async () => {
    await metered.stop();
    await meter.stop();
    await service.stop();
  });
  beforeEach(() => void meter.take());

  const said = () => [...meter.take().keys()];
  const notes = async () =>
    (await service.database.fork().execute<{ id: number }[]>('select id from notes')).map(({ id }) => id);

  it('is one message shorter, and answers what the statement does', async () => {
    const rows = await metered.fork().transactional((em) => em.execute('insert into notes values (1) returning id'));
    expect(rows).toEqual([{ id: 1 }]);
    expect(said()).toEqual(['begin;insert into notes values (?) returning id', 'commit']);
  });

  it('tells how many rows a statement has changed', async () => {
    const { affectedRows } = await metered
      .fork()
      .transactional((em) => em.execute<{ affectedRows: number }>('update notes set id = id', [], 'run'));
    expect(affectedRows).toBe(1);
  });

  it('is none where nothing is asked', async () => {
    await metered.fork().transactional(async () => undefined);
    await expect(metered.fork().transactional(() => Promise.reject(new Error('changed its mind')))).rejects.toThrow(
      'mind',
    );
    expect(said()).toEqual([]);
    await metered.fork().transactional((em) => em.execute('select 1'));
    expect(said()).toEqual(['begin;select ?', 'commit']);
  });

  it('leaves nothing behind when a statement fails, the first or a later one', async () => {
    const twice = (first: string, second: string) =>
      metered.fork().transactional(async (em) => {
        await em.execute(first);
        await em.execute(second);
      });
    await expect(twice('insert into nowhere values (2)', 'select 1')).rejects.toMatchObject({ code: '42P01' });
    await expect(twice('insert into notes values (2)', 'insert into notes values (1)')).rejects.toMatchObject({
      code: '23505',
    });
    expect(await notes()).toEqual([1]);
    await twice('insert into notes values (2)', 'insert into notes values (3)');
    expect((await notes()).toSorted()).toEqual([1, 2, 3]);
  });

  it('holds what it locks until its end', async () => {
    const watcher = new pg.Client({ connectionString: service.url });
    await watcher.connect();
    await metered.fork().transactional(async (em) => {
      await em.execute('select 1 from notes where id = 1 for update');
      const locked = watcher.query('select 1 from notes where id = 1 for update nowait');
      await expect(locked).rejects.toMatchObject({ code: '55P03' });
    });
    expect((await watcher.query('select 1 from notes where id = 1 for update nowait')).rowCount).toBe(1);
    await watcher.end();
  });
});
