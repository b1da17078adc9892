import type { Random } from '../../../tests/chaos/random.js';

/** One subgraph's schema as text. */
export interface SubgraphText {
  readonly name: string;
  readonly typeDefs: string;
}

const DIRECTIVES = ['@key', '@requires', '@provides', '@external', '@shareable', '@interfaceObject'];
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ${JSON.stringify(DIRECTIVES)})`;

/** Types that every subgraph which uses them declares alike. */
const SHARED: Readonly<Record<string, string>> = {
  Color: 'enum Color { RED GREEN BLUE }',
  Anything: 'scalar Anything',
  Size: 'type Size @shareable { width: Int height: Float! unit: String }',
  Box: 'type Box @shareable { size: Size sizes: [Size!] open: Boolean! }',
  Filter: 'input Filter { text: String colors: [Color!] }',
};
const LEAVES = ['Int', 'Float', 'String', 'Boolean', 'ID', 'Color', 'Anything'];
const VALUES = ['Size', 'Box'];
const WRAPPINGS = ['T', 'T', 'T!', '[T]', '[T!]!', '[T]!', '[[T]]', '[[T!]!]!'];
const ARGUMENTS = ['', '', '(first: Int = 2)', '(first: Int, filter: Filter)', '(on: Boolean!)'];

interface Field {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** An entity as one subgraph declares it. */
interface Part {
  readonly keys: readonly string[];
  resolvable: boolean;
  readonly fields: Map<string, string>;
}

/** A subgraph that is being written. */
class Sheet {
  readonly entities = new Map<string, Part>();
  readonly roots = { Query: [] as string[], Mutation: [] as string[] };
  readonly extras: string[] = [];
  /** Whether entities are nodes here, and can be asked for as such, or as members of a union. */
  nodes = false;
  union = false;
  /** Entities whose label is never null here. */
  readonly strict = new Set<string>();

  constructor(readonly name: string) {}

  get text(): string {
    const body = [...this.extras, this.abstractTypes(), ...this.types(), ...this.rootTypes()].join('\n');
    const used = new Set<string>();
    const use = (text: string): void => {
      for (const [name, declaration] of Object.entries(SHARED)) {
        if (used.has(name) || !new RegExp(`\\b${name}\\b`).test(text)) continue;
        used.add(name);
        use(declaration);
      }
    };
    use(body);
    return [LINK, body, ...[...used].map((name) => SHARED[name])].join('\n');
  }

  private abstractTypes(): string {
    const members = [...this.entities.keys()].join(' | ');
    return [
      this.nodes ? 'interface Node { id: ID! label: String }' : '',
      this.union ? `union Something = ${members} | Size` : '',
    ].join('\n');
  }

  private *types(): Generator<string> {
    for (const [name, { keys, resolvable, fields }] of this.entities) {
      const own = new Map([...keyFields(keys), ...fields]);
      if (this.nodes) own.set('id', 'id: ID!');
      // All have it, though it may be null in some places only: then a subgraph can't be asked for it by one name.
      if (this.nodes || this.union) own.set('label', `label: String${this.strict.has(name) ? '!' : ''} @shareable`);
      // What is no key here, and yet declared by several, is shared.
      if (this.nodes && !keys.join(' ').includes('id')) own.set('id', 'id: ID! @shareable');
      const as = keys.map((key) => ` @key(fields: "${key}"${resolvable ? '' : ', resolvable: false'})`).join('');
      yield `type ${name}${this.nodes ? ' implements Node' : ''}${as} { ${[...own.values()].join(' ')} }`;
    }
  }

  private *rootTypes(): Generator<string> {
    for (const [name, fields] of Object.entries(this.roots))
      if (fields.length > 0) yield `type ${name} { ${fields.join(' ')} }`;
  }
}

function keyFields(keys: readonly string[]): [string, string][] {
  const names = new Set(keys.flatMap((key) => key.split(' ')));
  return [...names].map((name) => [name, name === 'id' ? 'id: ID!' : `${name}: String!`]);
}

/** Writes subgraphs of one graph. Most such graphs compose; those that do not are no matter of ours. */
export function randomGraph(random: Random): SubgraphText[] {
  return new GraphWriter(random).write();
}

class GraphWriter {
  private readonly sheets: Sheet[];
  private readonly keysOf = new Map<string, readonly string[]>();
  private readonly owned: { readonly entity: string; readonly sheet: Sheet; readonly field: Field }[] = [];
  private count = 0;

  constructor(private readonly random: Random) {
    this.sheets = ['a', 'b', 'c', 'd'].slice(0, 2 + random.below(3)).map((name) => new Sheet(name));
    for (const name of ['T0', 'T1', 'T2', 'T3'].slice(0, 2 + random.below(3)))
      this.keysOf.set(name, random.pick([['id'], ['id'], ['id'], ['id code'], ['id', 'code']]));
  }

  write(): SubgraphText[] {
    const { random, sheets } = this;
    for (const sheet of sheets) {
      sheet.nodes = random.chance(0.4);
      for (const name of this.keysOf.keys()) {
        if (random.chance(0.7)) this.join(sheet, name);
        if (random.chance(0.5)) sheet.strict.add(name);
      }
      sheet.union = sheet.entities.size > 0 && random.chance(0.4);
    }
    for (const name of this.keysOf.keys()) this.join(random.pick(sheets), name);
    for (const sheet of sheets) for (const [name, part] of sheet.entities) this.fillEntity(sheet, name, part);
    for (let times = random.below(4); times > 0; times -= 1) this.require();
    for (let times = random.below(3); times > 0; times -= 1) this.provide();
    if (random.chance(0.4)) this.addInterfaceObject();
    for (const sheet of sheets) this.fillRoots(sheet);
    return sheets.map(({ name, text }) => ({ name, typeDefs: text }));
  }

  private join(sheet: Sheet, name: string): Part {
    const known = sheet.entities.get(name);
    if (known) return known;
    const keys = this.keysOf.get(name) ?? ['id'];
    const chosen = keys.length > 1 && this.random.chance(0.4) ? [this.random.pick(keys)] : keys;
    const part: Part = { keys: chosen, resolvable: true, fields: new Map() };
    sheet.entities.set(name, part);
    return part;
  }

  private fillEntity(sheet: Sheet, entity: string, part: Part): void {
    const { random } = this;
    for (let times = 1 + random.below(3); times > 0; times -= 1) {
      const field = this.field(sheet, 'f');
      const others = this.sheets.filter((other) => other !== sheet && other.entities.has(entity));
      // What is shared has to be declared by both, and so to be of a type that both have.
      const shared = others.length > 0 && random.chance(0.2) && LEAVES.includes(bare(field.type));
      part.fields.set(field.name, field.text + (shared ? ' @shareable' : ''));
      if (shared) random.pick(others).entities.get(entity)?.fields.set(field.name, `${field.text} @shareable`);
      else this.owned.push({ entity, sheet, field });
    }
  }

  private field(sheet: Sheet, prefix: string, composite = 0.4): Field {
    const { random } = this;
    const entities = [...sheet.entities.keys()];
    const composites = [
      ...entities,
      ...VALUES,
      ...(sheet.nodes ? ['Node'] : []),
      ...(sheet.union ? ['Something'] : []),
    ];
    const type = random.pick(WRAPPINGS).replace('T', random.pick(random.chance(composite) ? composites : LEAVES));
    this.count += 1;
    const name = `${prefix}${this.count}`;
    return { name, type, text: `${name}${prefix === 'f' ? '' : random.pick(ARGUMENTS)}: ${type}` };
  }

  /** A field of one subgraph that needs one of another's. */
  private require(): void {
    const found = this.foreignField();
    if (!found) return;
    const { part, field } = found;
    const needed = VALUES.includes(bare(field.type)) ? SELECTED[bare(field.type)] : '';
    if (needed === undefined || !(needed || LEAVES.includes(bare(field.type)))) return;
    part.fields.set(field.name, `${field.text} @external`);
    this.count += 1;
    part.fields.set(`r${this.count}`, `r${this.count}: String @requires(fields: "${field.name} ${needed}")`);
  }

  /** A field through which a subgraph answers one of another's as well. */
  private provide(): void {
    const found = this.foreignField();
    if (!found || !LEAVES.includes(bare(found.field.type))) return;
    const { sheet, part, field, entity } = found;
    if (part.fields.get(field.name)?.includes('@external')) return;
    const owner = this.owned.find((one) => one.field === field)?.sheet.entities.get(entity);
    owner?.fields.set(field.name, `${field.text} @shareable`);
    part.fields.set(field.name, `${field.text} @external`);
    this.count += 1;
    const type = this.random.pick(['T', '[T!]!', '[T]']).replace('T', entity);
    sheet.roots.Query.push(`p${this.count}: ${type} @provides(fields: "${field.name}")`);
  }

  private foreignField() {
    const { random } = this;
    if (this.owned.length === 0) return null;
    const { entity, sheet: owner, field } = random.pick(this.owned);
    const sheet = random.pick(this.sheets);
    const part = sheet.entities.get(entity);
    if (sheet === owner || !part || part.fields.has(field.name)) return null;
    return { entity, sheet, part, field };
  }

  private addInterfaceObject(): void {
    const [home, other] = this.random.shuffled(this.sheets);
    if (!home || !other) return;
    home.extras.push('interface Media @key(fields: "id") { id: ID! base: String }');
    for (const name of ['Book', 'Film'])
      home.extras.push(
        `type ${name} implements Media @key(fields: "id") { id: ID! base: String own${name}: ${this.leaf()} }`,
      );
    const extra = this.field(other, 'f');
    const needs = this.random.chance(0.3) ? ' base: String @external told: String @requires(fields: "base")' : '';
    other.extras.push(`type Media @key(fields: "id") @interfaceObject { id: ID! ${extra.text} extra: Int${needs} }`);
    home.roots.Query.push('media: [Media!]!', 'book: Book');
    other.roots.Query.push('rated: [Media]', 'best: Media');
  }

  private leaf(): string {
    return this.random.pick(WRAPPINGS).replace('T', this.random.pick(LEAVES));
  }

  private fillRoots(sheet: Sheet): void {
    const { random } = this;
    for (let times = 1 + random.below(3); times > 0; times -= 1)
      sheet.roots.Query.push(this.field(sheet, 'q', 0.9).text);
    if (random.chance(0.5)) sheet.roots.Mutation.push(this.field(sheet, 'm', 0.8).text);
  }
}

const SELECTED: Readonly<Record<string, string>> = { Size: '{ width unit }', Box: '{ open size { height } }' };

function bare(type: string): string {
  return type.replaceAll(/[[\]!]/g, '');
}
