import pg from 'pg';
import { rules as quietRules, ruleTables } from '../support/invariants.js';
import type { Content } from './contents.js';
import { type Service, services } from './laboratory.js';

/** Those of the rules for when all is quiet that hold at every moment. */
const always = [
  'no stock is negative',
  'a paid order has reserved exactly its items',
  'a paid order has exactly one SUCCEEDED payment, of its total',
  'a paid order was charged once and not refunded',
  'an order costs what its items do',
  'versions of an order have no gap',
  'no outbox row is unpublished',
];

const extraTables: typeof ruleTables = [
  ['cart', 'cart_items', 'product_id bigint, quantity integer'],
  ['cart', 'product_snapshots', 'id bigint, deleted boolean'],
];

/** What holds inside of one service at every moment. Products that were deleted leave the carts, and are not looked for. */
const momentRules: Readonly<Record<string, string>> = {
  'what is missing in stock is reserved': `
    select initial.*, products.stock as now, reserved from initial join products using (id)
    left join (select (item ->> 'productId')::bigint as id, sum((item ->> 'quantity')::integer) as reserved
               from reservations, jsonb_array_elements(items) as item where state = 'reserved' group by 1) as held using (id)
    where initial.stock <> products.stock + coalesce(reserved, 0)`,
  'nobody is charged, or given back, twice or too much': `
    select split_part(key, ':', 1) as payment, jsonb_agg(outcome || ' ' || amount) as ledger
    from provider_ledger group by 1
    having count(*) filter (where outcome = 'charged') > 1 or count(*) filter (where outcome = 'refunded') > 1
      or coalesce(sum(amount) filter (where outcome = 'refunded'), 0) > coalesce(sum(amount) filter (where outcome = 'charged'), 0)`,
  'every item is in the cart, or in one checkout': `
    select wanted.*, in_cart, taken from wanted join product_snapshots using (id)
    left join (select product_id as id, sum(quantity) as in_cart from cart_items group by 1) as held using (id)
    left join (select (item ->> 'productId')::bigint as id, sum((item ->> 'quantity')::integer) as taken
               from checkouts, jsonb_array_elements(answer) as item
               where state in ('taken', 'closed') and jsonb_typeof(answer) = 'array' group by 1) as checked using (id)
    where not deleted and wanted.quantity <> coalesce(in_cart, 0) + coalesce(taken, 0)`,
};

/** What a scenario begins with, by product id. */
export interface Beginning {
  readonly stock: ReadonlyMap<number, number>;
  readonly cart: ReadonlyMap<number, number>;
}

type Contents = Readonly<Record<Service, Content>>;

/** The rows of one service that the rules speak of, as JSON. */
interface Facts {
  readonly id: number;
  readonly text: string;
}

interface Rule {
  readonly name: string;
  readonly query: string;
  readonly about: readonly Service[];
  readonly known: Map<string, string | undefined>;
}

/**
 * The rules of events.md, over contents of the databases. A rule is asked once for each content of the tables that it
 * speaks of.
 */
export class RuleBook {
  private readonly copied = new Map<Service, Facts>();
  private readonly facts = new Map<Content, Facts>();
  private readonly knownFacts = new Map<string, Facts>();
  /** States that were looked at, by what they contain. */
  private readonly judged = new Map<string, string | undefined>();
  private readonly moment = written(momentRules);
  private readonly always = written(Object.fromEntries(always.map((name) => [name, quietRules[name] ?? ''])));
  private readonly quiet = written(quietRules);

  private constructor(private readonly client: pg.Client) {}

  /** `url`: a database in which temporary tables can be made. */
  static async open(url: string): Promise<RuleBook> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('set search_path = pg_temp, pg_catalog');
    const columns = new Map([...ruleTables, ...extraTables].map(([, table, definition]) => [table, definition]));
    columns.set('initial', 'id bigint, stock bigint');
    columns.set('wanted', 'id bigint, quantity bigint');
    for (const [table, definition] of columns) await client.query(`create temp table ${table} (${definition})`);
    await client.query('alter table outbox add column service text');
    return new RuleBook(client);
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  /** What was there before anything happened; forgets what was known of another beginning. */
  async begin({ stock, cart }: Beginning): Promise<void> {
    const tables = {
      initial: [...stock].map(([id, amount]) => ({ id, stock: amount })),
      wanted: [...cart].map(([id, quantity]) => ({ id, quantity })),
    };
    await this.client.query(`truncate initial, wanted; ${Object.entries(tables).map(insertion).join('')}`);
    for (const { known } of [...this.moment, ...this.always, ...this.quiet]) known.clear();
    this.judged.clear();
  }

  /** The first rule that does not hold, with its example; undefined when all do. */
  async broken(contents: Contents, isQuiet: boolean): Promise<string | undefined> {
    const key = `${services.map((service) => contents[service].id).join(' ')} ${isQuiet}`;
    if (!this.judged.has(key)) this.judged.set(key, await this.judge(contents, isQuiet));
    return this.judged.get(key);
  }

  private async judge(contents: Contents, isQuiet: boolean): Promise<string | undefined> {
    const keyed = [...this.moment, ...(isQuiet ? this.quiet : this.always)].map((rule) => ({
      rule,
      key: rule.about.map((service) => this.factsOf(service, contents[service]).id).join(' '),
    }));
    const open = keyed.filter(({ rule, key }) => !rule.known.has(key));
    const examples = await this.ask(
      open.map(({ rule }) => rule),
      contents,
    );
    for (const [index, { rule, key }] of open.entries()) rule.known.set(key, examples[index]);
    const broken = keyed.find(({ rule, key }) => rule.known.get(key) !== undefined);
    return broken && `${broken.rule.name}: ${broken.rule.known.get(broken.key)}`;
  }

  /** The first row that breaks each of the rules; all in one exchange with the database. */
  private async ask(rules: readonly Rule[], contents: Contents): Promise<(string | undefined)[]> {
    if (rules.length === 0) return [];
    const about = new Set(rules.flatMap((rule) => rule.about));
    const copies = [...about].map((service) => this.copy(service, contents[service]));
    const text = [...copies, ...rules.map(({ query }) => `${query};`)].join('\n');
    const answered: unknown = await this.client.query(text);
    const results = (Array.isArray(answered) ? answered : [answered]) as pg.QueryResult<object>[];
    return results.slice(-rules.length).map(({ rows: [first] }) => first && JSON.stringify(first));
  }

  /** The statements that copy a content's facts, unless they are there. */
  private copy(service: Service, content: Content): string {
    const facts = this.factsOf(service, content);
    if (this.copied.get(service) === facts) return '';
    this.copied.set(service, facts);
    const tables = Object.entries(JSON.parse(facts.text) as Record<string, object[]>);
    const emptied = tables.map(
      ([table]) => `delete from ${table}${table === 'outbox' ? ` where service = '${service}'` : ''};`,
    );
    return [...emptied, ...tables.map(insertion)].join('');
  }

  /** The rows of the tables that the rules speak of. */
  private factsOf(service: Service, content: Content): Facts {
    const known = this.facts.get(content);
    if (known !== undefined) return known;
    const names = [...ruleTables, ...extraTables].filter(([owner]) => owner === service).map(([, table]) => table);
    const rowsOf = (table: string) =>
      table !== 'outbox'
        ? content.tables[table]
        : content.tables['outbox']?.filter((row) => row['published_at'] === null).map((row) => ({ ...row, service }));
    const text = JSON.stringify(Object.fromEntries(names.map((table) => [table, rowsOf(table) ?? []])));
    const facts = this.knownFacts.get(text) ?? { id: this.knownFacts.size, text };
    this.knownFacts.set(text, facts);
    this.facts.set(content, facts);
    return facts;
  }
}

/** Each with the services whose tables it names. */
function written(texts: Readonly<Record<string, string>>): Rule[] {
  return Object.entries(texts).flatMap(([name, query]) => {
    const tables = [...ruleTables, ...extraTables].filter(([, table]) => new RegExp(`\\b${table}\\b`).test(query));
    const owners = new Set<string>(tables.map(([owner]) => owner));
    const about = services.filter((service) => owners.has(service));
    // Rules about services that are not explored here are for others to check.
    return about.length < owners.size ? [] : [{ name, query, about, known: new Map<string, string | undefined>() }];
  });
}

function insertion([table, rows]: readonly [string, readonly object[]]): string {
  if (rows.length === 0) return '';
  const literal = pg.escapeLiteral(JSON.stringify(rows));
  return `insert into ${table} select * from jsonb_populate_recordset(null::${table}, ${literal});`;
}
