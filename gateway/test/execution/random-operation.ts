import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Random } from '../../../tests/chaos/random.js';

export interface RandomOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

const DEEPEST = 4;

/** Writes an operation for a schema; some are not valid, which is for the schema to say. */
export function randomOperation(random: Random, schema: GraphQLSchema): RandomOperation {
  return new OperationWriter(random, schema).write();
}

class OperationWriter {
  private readonly variables: Record<string, unknown> = {};
  private readonly definitions: string[] = [];
  private readonly fragments: { readonly name: string; readonly type: string; readonly text: string }[] = [];
  private count = 0;

  constructor(
    private readonly random: Random,
    private readonly schema: GraphQLSchema,
  ) {}

  write(): RandomOperation {
    const { random, schema } = this;
    const mutation = random.chance(0.2) ? schema.getMutationType() : null;
    const root = mutation ?? schema.getQueryType();
    if (!root) throw new Error('a graph has queries');
    const body = this.selections(root, 0);
    const introspection =
      random.chance(0.05) && !mutation ? ` __schema { queryType { name } } ${this.typeByName()}` : '';
    const definitions = this.definitions.length > 0 ? `(${this.definitions.join(', ')})` : '';
    const operation = `${mutation ? 'mutation' : 'query'} Op${definitions} { ${body}${introspection} }`;
    const fragments = this.fragments.map(({ name, type, text }) => `fragment ${name} on ${type} { ${text} }`);
    return { query: [operation, ...fragments].join('\n'), variables: this.variables };
  }

  private typeByName(): string {
    return `__type(name: ${this.variable('String!', 'Size')}) { kind fields { name } }`;
  }

  private selections(type: GraphQLNamedType, depth: number): string {
    const { random } = this;
    const parts = Array.from({ length: 1 + random.below(4) }, () => this.selection(type, depth));
    return parts.filter((part) => part !== '').join(' ') || '__typename';
  }

  private selection(type: GraphQLNamedType, depth: number): string {
    const { random } = this;
    const abstract = !isObjectType(type);
    if (random.chance(abstract ? 0.6 : 0.2)) return this.fragment(type, depth);
    if (random.chance(depth === 0 ? 0.03 : 0.15)) return `${this.alias('__typename', 0.3)}${this.condition()}`;
    if (!isObjectType(type) && !isInterfaceType(type)) return '__typename';
    const { label, ...others } = type.getFields();
    if (label && random.chance(0.25)) return 'label';
    return this.field(random.pick(Object.values(others)), depth);
  }

  private field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const type = getNamedType(field.type);
    const composite = isCompositeType(type);
    if (composite && depth >= DEEPEST) return '';
    const below = composite ? ` { ${this.selections(type, depth + 1)} }` : '';
    // Arguments differ, and so the name under which they are asked for does.
    const called = field.args.length > 0 ? `x${(this.count += 1)}: ${field.name}` : this.alias(field.name, 0.15);
    return `${called}${this.arguments(field)}${this.condition()}${below}`;
  }

  private alias(name: string, share: number): string {
    if (!this.random.chance(share)) return name;
    return `${this.random.chance(0.1) ? this.random.pick(ODD_NAMES) : `x${(this.count += 1)}`}: ${name}`;
  }

  private arguments({ args }: GraphQLField<unknown, unknown>): string {
    const given = args.filter(({ type }) => isNonNullType(type) || this.random.chance(0.5));
    if (given.length === 0) return '';
    return `(${given.map(({ name, type }) => `${name}: ${this.variable(String(type), this.value(type))}`).join(', ')})`;
  }

  private value(type: GraphQLInputType): unknown {
    const { random } = this;
    if (!isNonNullType(type) && random.chance(0.1)) return null;
    const named = getNullableType(type);
    if (isListType(named)) return [this.value(named.ofType)];
    if (isEnumType(named)) return random.pick(named.getValues()).name;
    if (isInputObjectType(named))
      return Object.fromEntries(Object.values(named.getFields()).map((field) => [field.name, this.value(field.type)]));
    return (
      { Int: random.below(9), Boolean: random.chance(0.5), Float: 0.5 }[String(named)] ?? `text ${random.below(9)}`
    );
  }

  private variable(type: string, value: unknown): string {
    const name = `v${this.definitions.length}`;
    const absent = !type.endsWith('!') && this.random.chance(0.2);
    this.definitions.push(`$${name}: ${type}`);
    if (!absent) this.variables[name] = value;
    return `$${name}`;
  }

  private condition(): string {
    const { random } = this;
    if (!random.chance(0.12)) return '';
    const directives = random.chance(0.2) ? ['skip', 'include'] : [random.pick(['skip', 'include'])];
    return directives.map((directive) => ` @${directive}(if: ${this.flag()})`).join('');
  }

  private flag(): string {
    const { random } = this;
    if (random.chance(0.2)) return String(random.chance(0.5));
    const known = this.definitions.flatMap((definition) => /^(\$v\d+): Boolean! = /.exec(definition)?.[1] ?? []);
    if (known.length > 0 && random.chance(0.5)) return random.pick(known);
    const name = `v${this.definitions.length}`;
    this.definitions.push(`$${name}: Boolean! = ${random.chance(0.5)}`);
    if (random.chance(0.8)) this.variables[name] = random.chance(0.5);
    return `$${name}`;
  }

  private fragment(type: GraphQLNamedType, depth: number): string {
    const { random } = this;
    if (depth >= DEEPEST) return '';
    const known = this.fragments.filter((fragment) => fragment.type === type.name);
    const [again] = known.length > 0 && random.chance(0.4) ? [random.pick(known)] : [];
    if (again) return `...${again.name}${this.condition()}`;
    const on = random.pick(this.overlapping(type));
    const text = this.selections(on, depth + 1);
    if (random.chance(0.4)) {
      const named = on !== type || random.chance(0.7) ? ` on ${on.name}` : '';
      return `...${named}${this.condition()} { ${text} }`;
    }
    const name = `F${this.fragments.length}`;
    this.fragments.push({ name, type: on.name, text });
    return `...${name}${this.condition()}`;
  }

  /** Types that an object which is of this type may be of as well. */
  private overlapping(type: GraphQLNamedType): GraphQLNamedType[] {
    const composites = Object.values(this.schema.getTypeMap()).filter(isCompositeType);
    const possible = (one: GraphQLNamedType) =>
      isObjectType(one) ? [one] : isCompositeType(one) ? this.schema.getPossibleTypes(one) : [];
    const own = new Set(possible(type));
    return composites.filter((one) => !one.name.startsWith('__') && possible(one).some((object) => own.has(object)));
  }
}

/** Names that every object inherits something under. */
const ODD_NAMES = ['constructor', 'toString', 'length', 'hasOwnProperty', '__proto__'];
