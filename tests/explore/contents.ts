import { createHash } from 'node:crypto';
import pg from 'pg';

/** Rows of one service's database, by table. */
export type Tables = Readonly<Record<string, readonly Row[]>>;
export type Row = Readonly<Record<string, unknown>>;

/** All that a service keeps, in one canonical form: what differs by chance alone (times, random ids) is made the same. */
export interface Content {
  readonly id: number;
  readonly tables: Tables;
}

interface Table {
  readonly name: string;
  readonly key: string;
  readonly identity: string | null;
  readonly references: number;
}

/** The one time that there is: far ahead, so that nothing which looks at the real clock finds anything due. */
export const NOW = '2100-01-01T00:00:00.000Z';
const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/;
const CANONICAL = /^[0-9a-f]{8}-0000-4000-8000-[0-9a-f]{12}$/;

/** Saves and restores a service's whole database, for a few rows: some milliseconds. */
export class Contents {
  private readonly known = new Map<string, Content>();

  private constructor(
    private readonly client: pg.Client,
    private readonly tables: readonly Table[],
  ) {}

  /** The database has its tables already. Wake-ups for Redis, which carry no truth, are never written from now on. */
  static async of(url: string): Promise<Contents> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`
      create function drop_row() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger no_wake_ups before insert on outbox
        for each row when (new.destination = 'redis') execute function drop_row();
      delete from outbox where destination = 'redis'`);
    // Referenced tables first.
    const { rows } = await client.query<Table>(`
      select relname as name,
        (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
         where attrelid = t.oid and attnum = any(p.conkey)) as key,
        (select attname from pg_attribute where attrelid = t.oid and attidentity <> '') as identity,
        (select count(*)::int from pg_constraint where conrelid = t.oid and contype = 'f') as references
      from pg_class t join pg_constraint p on p.conrelid = t.oid and p.contype = 'p'
      where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'migrations'
      order by 4, 1`);
    return new Contents(client, rows);
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  sql(statement: string): Promise<unknown> {
    return this.client.query(statement);
  }

  /** What is in the database now. */
  async save(): Promise<Content> {
    const parts = this.tables.map(
      ({ name, key }) => `'${name}', (select coalesce(jsonb_agg(to_jsonb(t) order by ${key}), '[]') from ${name} as t)`,
    );
    const { rows } = await this.client.query<{ all: Tables }>(`select jsonb_build_object(${parts.join()}) as all`);
    const [row] = rows;
    if (!row) throw new Error('a select without a table has one row');
    const tables = canonical(row.all);
    const text = JSON.stringify(tables);
    const content = this.known.get(text) ?? { id: this.known.size, tables };
    this.known.set(text, content);
    return content;
  }

  /** Makes the database contain this and nothing else. */
  async restore(content: Content): Promise<void> {
    const filled = this.tables.map(
      (table) => `${insertion(table, content.tables[table.name] ?? [])} ${sequence(table)}`,
    );
    const emptied = this.tables.toReversed().map(({ name }) => `delete from ${name};`);
    await this.client.query(`${emptied.join('')} ${filled.join('')}`);
  }

  /** Whether the relays have published everything. */
  async isDrained(): Promise<boolean> {
    const { rows } = await this.client.query('select 1 from outbox where published_at is null limit 1');
    return rows.length === 0;
  }
}

/** The uuid that stands for an order's intent: the first, the second, ... of its shop. */
export const intentUuid = (n: number): string => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;

function insertion({ name }: Table, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const literal = pg.escapeLiteral(JSON.stringify(rows));
  return `insert into ${name} overriding system value select * from jsonb_populate_recordset(null::${name}, ${literal});`;
}

/** The next row gets the same id whatever has been tried before. */
function sequence({ name, identity }: Table): string {
  if (!identity) return '';
  const highest = `(select coalesce(max(${identity}), 0) + 1 from ${name})`;
  return `select setval(pg_get_serial_sequence('${name}', '${identity}'), ${highest}, false);`;
}

function canonical(tables: Tables): Tables {
  const settled = JSON.parse(JSON.stringify(tables), (key, value: unknown) => {
    if (key === 'headers') return {};
    return typeof value === 'string' && TIME.test(value) ? NOW : value;
  }) as Tables;
  return renamedMessages(renamedIntents(settled));
}

function renamedIntents(tables: Tables): Tables {
  const fresh = (tables['intents'] ?? []).map((row) => String(row['uuid'])).filter((uuid) => !CANONICAL.test(uuid));
  const first = (tables['intents'] ?? []).length - fresh.length + 1;
  const renamed = withNames(tables, new Map(fresh.map((uuid, index) => [uuid, intentUuid(first + index)])));
  return sorted(renamed, 'intents', 'uuid');
}

/** A message is named after what it says, and how often that has been said before. */
function renamedMessages(tables: Tables): Tables {
  const outbox = tables['outbox'] ?? [];
  const names = new Map<string, string>();
  const said = new Map<string, number>();
  const named = outbox.filter((row) => CANONICAL.test(String(row['id'])));
  const fresh = outbox.filter((row) => !CANONICAL.test(String(row['id'])));
  for (const row of [...named, ...fresh.toSorted((a, b) => Number(a['seq']) - Number(b['seq']))]) {
    const what = JSON.stringify([row['type'], row['correlation_id'], row['body']]);
    const times = (said.get(what) ?? 0) + 1;
    said.set(what, times);
    if (CANONICAL.test(String(row['id']))) continue;
    const hash = createHash('sha256').update(`${what}${times}`).digest('hex');
    names.set(String(row['id']), `${hash.slice(0, 8)}-0000-4000-8000-${hash.slice(8, 20)}`);
  }
  const renamed = sorted(withNames(tables, names), 'outbox', 'id');
  const numbered = (renamed['outbox'] ?? []).map((row, index) => ({ ...row, seq: index + 1, claimed_until: null }));
  return { ...renamed, outbox: numbered };
}

function withNames(tables: Tables, names: ReadonlyMap<string, string>): Tables {
  if (names.size === 0) return tables;
  return JSON.parse(JSON.stringify(tables), (_key, value: unknown) =>
    typeof value === 'string' ? (names.get(value) ?? value) : value,
  ) as Tables;
}

function sorted(tables: Tables, table: string, column: string): Tables {
  const rows = tables[table];
  if (!rows) return tables;
  return { ...tables, [table]: rows.toSorted((a, b) => (String(a[column]) < String(b[column]) ? -1 : 1)) };
}
