import { getNamedType, type GraphQLField, type GraphQLObjectType, isObjectType } from 'graphql';
import type { Random } from '../../chaos/random.js';
import { oddNames } from './hostile-values.js';

interface Fragment {
  readonly name: string;
  readonly type: GraphQLObjectType;
  readonly text: string;
  /** The response keys that it brings. */
  readonly keys: readonly string[];
}

type Field = GraphQLField<unknown, unknown>;

/** What else an operation's selections need: it knows its variables. */
interface Surroundings {
  readonly arguments: (field: Field) => string;
  /** For a condition. */
  readonly boolean: () => string;
}

const MOST_FIELDS = 24;
const MOST_DEPTH = 7;

/** Writes the selections of one operation: valid ones, within what a document may ask for. */
export class Selections {
  private readonly fragments: Fragment[] = [];
  private written = 0;
  private renamed = 0;

  constructor(
    private readonly random: Random,
    private readonly surroundings: Surroundings,
  ) {}

  /** The definitions of the fragments that were spread. */
  get definitions(): string {
    return this.fragments.map(({ name, type, text }) => ` fragment ${name} on ${type.name} { ${text} }`).join('');
  }

  /** One field with all that belongs to it. `keys`: the response keys that there are beside it, to which it adds its own. */
  field(field: Field, keys: Set<string>, depth = MOST_DEPTH, conditions = true): string {
    this.written += 1;
    const { random } = this;
    const alias = keys.has(field.name) || random.chance(0.2) ? `${this.newName(keys)}: ` : '';
    if (!alias) keys.add(field.name);
    const type = getNamedType(field.type);
    const inner = isObjectType(type) ? ` { ${this.inside(type, new Set(), depth - 1)} }` : '';
    return `${alias}${field.name}${this.surroundings.arguments(field)}${conditions ? this.condition() : ''}${inner}`;
  }

  private inside(type: GraphQLObjectType, keys: Set<string>, depth: number): string {
    const count = 1 + this.random.below(3);
    return Array.from({ length: count }, () => this.part(type, keys, depth)).join(' ');
  }

  private part(type: GraphQLObjectType, keys: Set<string>, depth: number): string {
    const { random } = this;
    const chance = random.next();
    if (chance < 0.08 && depth > 0)
      return `...${random.chance(0.5) ? ` on ${type.name}` : ''}${this.condition()} { ${this.inside(type, keys, depth - 1)} }`;
    if (chance < 0.15 && depth > 0) return `...${this.fragmentOn(type, keys, depth)}${this.condition()}`;
    const fields = Object.values(type.getFields()).filter(
      (field) => !isObjectType(getNamedType(field.type)) || (depth > 0 && this.written < MOST_FIELDS),
    );
    if (chance < 0.18 || fields.length === 0) return `${this.newName(keys)}: __typename`;
    return this.field(random.pick(fields), keys, depth);
  }

  private fragmentOn(type: GraphQLObjectType, keys: Set<string>, depth: number): string {
    const known = this.fragments.find((one) => one.type === type && one.keys.every((key) => !keys.has(key)));
    if (known) {
      for (const key of known.keys) keys.add(key);
      return known.name;
    }
    const before = new Set(keys);
    const text = this.inside(type, keys, depth - 1);
    const names = new Set(['on', ...this.fragments.map(({ name }) => name)]);
    const fragment = { name: this.newName(names), type, text, keys: [...keys].filter((key) => !before.has(key)) };
    this.fragments.push(fragment);
    return fragment.name;
  }

  private condition(): string {
    if (!this.random.chance(0.08)) return '';
    return ` @${this.random.pick(['skip', 'include'])}(if: ${this.surroundings.boolean()})`;
  }

  private newName(taken: Set<string>): string {
    const odd = this.random.chance(0.15) ? this.random.pick(oddNames) : '';
    this.renamed += 1;
    const name = odd && !taken.has(odd) ? odd : `a${this.renamed}`;
    taken.add(name);
    return name;
  }
}
