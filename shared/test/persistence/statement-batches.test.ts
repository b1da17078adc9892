import pg from 'pg';
import { PostgresMeter } from '../../../tests/support/postgres-meter.js';
import { aService } from '../delivery/a-service.js';
import { rowsLater, rowsOf, withNext, writtenBy } from '../../src/persistence/statements.js';

describe('a transaction', () => {
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

  it('begins with its first statement, and answers what that does', async () => {
    const rows = await metered.fork().transactional((em) => em.execute('insert into notes values (1) returning id'));
    expect(rows).toEqual([{ id: 1 }]);
    expect(said()).toEqual(['begin ;insert into notes values (?) returning id', 'commit']);
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
    expect(said()).toEqual(['begin ;select ?', 'commit']);
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

  it('has the rows of what travels with others once these are answered', async () => {
    const [early, late] = await metered.fork().transactional(async (em) => {
      const first = await rowsLater<{ id: number }>(em, 'insert into notes values (?) returning id', [31]);
      expect(first).toThrow('not answered yet');
      await rowsOf(em, 'select id from notes where id = ?', [1]);
      expect(first()).toEqual([{ id: 31 }]);
      await withNext(em, 'insert into notes values (?)', [32]);
      return [first, await rowsLater<{ id: number }>(em, 'delete from notes where id > ? returning id', [30])] as const;
    });
    expect(said()).toEqual([
      'begin ;insert into notes values (?) returning id ;select id from notes where id = ?',
      'insert into notes values (?) ;delete from notes where id > ? returning id ;commit',
    ]);
    expect(early()).toEqual([{ id: 31 }]);
    expect(late().toSorted((a, b) => a.id - b.id)).toEqual([{ id: 31 }, { id: 32 }]);
  });

  it('has them at once outside of a transaction, with values or without', async () => {
    const rows = await rowsLater(metered, 'select 7 as n', []);
    const others = await rowsLater(metered, 'select ?::int as n', [8]);
    expect([rows(), others()]).toEqual([[{ n: 7 }], [{ n: 8 }]]);
  });

  it('never has them when it is undone', async () => {
    let later: (() => unknown) | undefined;
    const undone = metered.fork().transactional(async (em) => {
      later = await rowsLater(em, 'insert into notes values (?) returning id', [33]);
      throw new Error('changed its mind');
    });
    await expect(undone).rejects.toThrow('mind');
    expect(later).toThrow('not answered yet');
    expect(said()).toEqual([]);
  });

  it('sends what nobody waits for with the next statement, or with its end', async () => {
    const rows = await metered.fork().transactional(async (em) => {
      await withNext(em, 'insert into notes values (?)', [11]);
      await withNext(em, 'update notes set id = id + 1 where id = ?', [11]);
      const seen = await em.execute('select id from notes where id > 10');
      await withNext(em, 'insert into notes values (?)', [13]);
      return seen;
    });
    expect(rows).toEqual([{ id: 12 }]);
    expect(said()).toEqual([
      'begin ;insert into notes values (?) ;update notes set id = id + ? where id = ? ;select id from notes where id > ?',
      'insert into notes values (?) ;commit',
    ]);
    await metered.fork().transactional((em) => withNext(em, 'delete from notes where id > 10', []));
    expect(said()).toEqual(['begin ;delete from notes where id > ? ;commit']);
    expect(await notes()).not.toContain(12);
  });

  it('tells what failed of what nobody waited for at the next statement, or at its end, and leaves nothing of it', async () => {
    const before = await notes();
    const failing = (goOn: boolean) =>
      metered.fork().transactional(async (em) => {
        await withNext(em, 'insert into notes values (?)', [21]);
        await withNext(em, 'insert into notes values (?)', [1]);
        if (goOn) await em.execute('insert into notes values (22)');
      });
    for (const goOn of [true, false]) await expect(failing(goOn)).rejects.toMatchObject({ code: '23505' });
    await expect(
      metered.fork().transactional((em) => withNext(em, 'insert into nowhere values (1)', [])),
    ).rejects.toMatchObject({ code: '42P01' });
    expect(await notes()).toEqual(before);
    await metered.fork().transactional((em) => withNext(em, 'insert into notes values (?)', [21]));
    expect(await notes()).toContain(21);
  });

  it('never sends what waited when the caller changes its mind', async () => {
    const refused = metered.fork().transactional(async (em) => {
      await withNext(em, 'insert into notes values (?)', [31]);
      throw new Error('changed its mind');
    });
    await expect(refused).rejects.toThrow('mind');
    expect(said()).toEqual([]);
    await metered.fork().transactional((em) => em.execute('select 1'));
    expect(await notes()).not.toContain(31);
  });

  it('keeps a text as it is that holds semicolons and comments', async () => {
    const text = `a; b -- c /* d`;
    await metered.fork().execute('create table texts (id int, text text)');
    await metered.fork().transactional(async (em) => {
      await withNext(em, 'insert into texts values (1, ?)', [text]);
      await withNext(em, 'insert into texts values (2, ?) -- the last', [`${text}'`]);
      expect(await em.execute('select 7 as seven')).toEqual([{ seven: 7 }]);
    });
    expect(await metered.fork().execute('select text from texts order by id')).toEqual([
      { text },
      { text: `${text}'` },
    ]);
  });

  it('undoes what waited within another one that fails, and nothing else', async () => {
    await metered.fork().transactional(async (em) => {
      await withNext(em, 'insert into notes values (?)', [51]);
      const inner = em.transactional(async (nested) => {
        await nested.execute('select 1');
        await withNext(nested, 'insert into nowhere values (?)', [52]);
        throw new Error('changed its mind');
      });
      await expect(inner).rejects.toThrow('mind');
      await withNext(em, 'insert into notes values (?)', [53]);
    });
    expect(await notes()).toEqual(expect.arrayContaining([51, 53]));
  });

  it('runs by itself what is not part of one', async () => {
    await withNext(metered.fork(), 'insert into notes values (?)', [41]);
    expect(await notes()).toContain(41);
  });

  it('leaves alone what does not belong to it, also where it is asked for within', async () => {
    const refused = metered.fork().transactional(async (em) => {
      await writtenBy(em, 'insert into notes values (?)', [71]);
      await writtenBy(metered, 'insert into notes values (?)', [72]);
      throw new Error('changed its mind');
    });
    await expect(refused).rejects.toThrow('mind');
    expect(await notes()).toContain(72);
    expect(await notes()).not.toContain(71);
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
