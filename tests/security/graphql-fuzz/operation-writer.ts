import {
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Random } from '../../chaos/random.js';
import type { Known } from '../../rest/fuzz/values.js';
import { type HostileValues, oddNames, type Place } from './hostile-values.js';
import type { WrittenOperation } from './operation.js';
import { Selections } from './selections.js';

type Kind = WrittenOperation['kind'];

/** Fields whose call hashes a password, or ends a session with which others would have been called: now and then is enough. */
const SELDOM = new Set([
  ...['register', 'login', 'changePassword'],
  ...['logout', 'refreshToken', 'setUserRole', 'deactivateUser'],
]);
const NOW_AND_THEN = 0.15;

/** Writes operations that are valid by the schema. */
export class OperationWriter {
  private readonly roots: Readonly<Record<Kind, GraphQLObjectType>>;

  constructor(
    schema: GraphQLSchema,
    private readonly values: HostileValues,
  ) {
    const [query, mutation, subscription] = [
      schema.getQueryType(),
      schema.getMutationType(),
      schema.getSubscriptionType(),
    ];
    if (!query || !mutation || !subscription) throw new Error('the schema lacks a root type');
    this.roots = { query, mutation, subscription };
  }

  /** One operation, the same for the same state of `random` and the same `known`. */
  write(random: Random, kind: Kind, known: Known): WrittenOperation {
    const draft = new Draft(random, this.values, known);
    const fields = Object.values(this.roots[kind].getFields());
    const wanted = kind === 'subscription' ? 1 : 1 + random.below(kind === 'query' ? 3 : 2);
    const chosen = Array.from({ length: wanted }, () => chooseFrom(fields, random));
    const keys = new Set<string>();
    const texts = chosen.map((field) => draft.root(field, keys, kind !== 'subscription'));
    const extra = kind === 'query' && random.chance(0.03) ? ` ${random.pick(introspections)}` : '';
    const operationName = random.chance(0.5) ? random.pick([...oddNames, 'Shop', 'Buy', 'Look']) : null;
    const head = `${kind}${operationName === null ? '' : ` ${operationName}`}${draft.declarations}`;
    return {
      kind,
      name: `${kind} ${[...new Set(chosen.map(({ name }) => name))].toSorted().join(' ')}`,
      query: `${head} { ${texts.join(' ')}${extra} }${draft.definitions}`,
      operationName,
      variables: draft.sent,
    };
  }
}

const introspections = [
  'intro: __type(name: "Order") { name kind }',
  'intro: __type(name: "_Entity") { name }',
  'intro: __schema { queryType { name } subscriptionType { name } }',
];

function chooseFrom<Field extends { readonly name: string }>(fields: readonly Field[], random: Random): Field {
  const field = random.pick(fields);
  return SELDOM.has(field.name) && !random.chance(NOW_AND_THEN) ? chooseFrom(fields, random) : field;
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly preset: string;
}

/** One operation that is being written, with its variables. */
class Draft {
  readonly sent: Record<string, string> = Object.create(null) as Record<string, string>;
  private readonly variables: Variable[] = [];
  private readonly selections: Selections;
  private rootField = '';

  constructor(
    private readonly random: Random,
    private readonly values: HostileValues,
    private readonly known: Known,
  ) {
    this.selections = new Selections(random, {
      arguments: (field) => this.argumentsOf(field),
      boolean: () => (random.chance(0.6) ? random.pick(['true', 'false']) : this.condition()),
    });
  }

  root(field: GraphQLField<unknown, unknown>, keys: Set<string>, conditions: boolean): string {
    this.rootField = field.name;
    return this.selections.field(field, keys, undefined, conditions);
  }

  get definitions(): string {
    return this.selections.definitions;
  }

  get declarations(): string {
    if (this.variables.length === 0) return '';
    return ` (${this.variables.map(({ name, type, preset }) => `$${name}: ${type}${preset}`).join(', ')})`;
  }

  private argumentsOf({ name, args }: GraphQLField<unknown, unknown>): string {
    // A nested field's own arguments are its own affair: `orders(first:)` of a user, say.
    const field = args.some((arg) => arg.name === 'id') ? this.rootField : name;
    const given = args.filter((arg) => isRequired(arg) || this.random.chance(0.5));
    if (given.length === 0) return '';
    const texts = given.map((arg) => `${arg.name}: ${this.value(arg.type, { field, argument: arg.name })}`);
    return `(${texts.join(', ')})`;
  }

  private value(type: GraphQLInputType, place: Place): string {
    if (this.random.chance(0.5)) return this.variable(type, place);
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const item = () => this.value(nullable.ofType as GraphQLInputType, place);
      return `[${Array.from({ length: this.random.below(3) }, item).join(', ')}]`;
    }
    if (!isInputObjectType(nullable)) return this.values.literal(this.random, type, place, this.known);
    const given = Object.values(nullable.getFields()).filter(
      (field) => isNonNullType(field.type) || this.random.chance(0.5),
    );
    const texts = given.map(({ name, type }) => `${name}: ${this.value(type, { ...place, argument: name })}`);
    return `{${texts.join(', ')}}`;
  }

  private variable(type: GraphQLInputType, place: Place): string {
    const { random } = this;
    const shared = this.variables.find((one) => one.type === String(type));
    if (shared && random.chance(0.2)) return `$${shared.name}`;
    const preset =
      !isNonNullType(type) && isLeafType(type) && random.chance(0.2)
        ? ` = ${this.values.literal(random, type, place, this.known)}`
        : '';
    const name = this.declare(String(type), preset);
    if (isNonNullType(type) || random.chance(0.85))
      this.sent[name] = this.values.variable(random, type, place, this.known);
    return `$${name}`;
  }

  private condition(): string {
    const name = this.declare('Boolean!', '');
    this.sent[name] = this.random.chance(0.9) ? this.random.pick(['true', 'false']) : this.values.anything(this.random);
    return `$${name}`;
  }

  private declare(type: string, preset: string): string {
    const odd = this.random.chance(0.05) ? this.random.pick(oddNames) : '';
    const name = odd && this.variables.every((one) => one.name !== odd) ? odd : `v${this.variables.length}`;
    this.variables.push({ name, type, preset });
    return name;
  }
}

const isRequired = ({ type, defaultValue }: GraphQLArgument) => isNonNullType(type) && defaultValue === undefined;
