import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** What one operation may cost to answer, where every list is as long as it may be. */
export interface Cost {
  readonly cost: number;
  /** The argument that asks for the longest list; null where none does. */
  readonly longest: ListSize | null;
  /** The variables that it depends on, as far as it does; undefined for one that was not given, null for what is no number. */
  readonly by: ReadonlyMap<string, number | null | undefined>;
}

interface ListSize {
  readonly argument: string;
  readonly size: number;
}

type Variables = Readonly<Record<string, unknown>>;

/** Something that has to be found costs one; what is read off it a tenth. */
const OBJECT = 1;
const LEAF = 0.1;
/** How long a list is taken to be where nothing says how long it may be. */
const ASSUMED_SIZE = 10;
/** Arguments that say how long a list may be: of the list itself, or of the lists right below what has them (`edges`). */
const SIZE_ARGUMENTS: ReadonlySet<string> = new Set(['first', 'last', 'limit']);
/** GraphQL's Int has 32 bits: what is more is refused by validation. */
const LARGEST_INT = 2 ** 31 - 1;

/** What some selections cost: `once`, and for each item of the lists among them whose length is for their parent to say. */
interface Counted {
  readonly once: number;
  readonly each: number;
}

const NOTHING: Counted = { once: 0, each: 0 };

/**
 * Counts what an operation of a document may cost, with its fragments put in place. Time grows with the text only: a
 * fragment is counted once, however often and wherever it is spread. What no schema would allow counts nothing, for validation
 * refuses it; and so does introspection, which is answered from memory, and bounded there in depth.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Cost {
  const counter = new CostCounter(schema, document, operation, variables);
  const { once, each } = counter.ofSelections(schema.getRootType(operation.operation), operation.selectionSet);
  return { cost: once + ASSUMED_SIZE * each, longest: counter.longest, by: counter.by };
}

/** Whether the variables that a cost depends on are the same. */
export function holdsFor({ by }: Cost, variables: Variables): boolean {
  for (const [name, value] of by) if (sizeGiven(variables, name) !== value) return false;
  return true;
}

class CostCounter {
  longest: ListSize | null = null;
  readonly by = new Map<string, number | null | undefined>();
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly defaults = new Map<string, ValueNode | undefined>();
  private readonly counted = new Map<string, Counted>();

  constructor(
    private readonly schema: GraphQLSchema,
    { definitions }: DocumentNode,
    { variableDefinitions = [] }: OperationDefinitionNode,
    private readonly variables: Variables,
  ) {
    for (const definition of definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    for (const { variable, defaultValue } of variableDefinitions) this.defaults.set(variable.name.value, defaultValue);
  }

  ofSelections(parent: GraphQLNamedType | null | undefined, set: SelectionSetNode | undefined): Counted {
    let [once, each] = [0, 0];
    for (const selection of set?.selections ?? []) {
      const counted = this.ofSelection(parent, selection);
      once += counted.once;
      each += counted.each;
    }
    return { once, each };
  }

  private ofSelection(parent: GraphQLNamedType | null | undefined, selection: SelectionNode): Counted {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.ofField(parent, selection);
      case Kind.FRAGMENT_SPREAD:
        return this.ofFragment(selection.name.value);
      case Kind.INLINE_FRAGMENT: {
        const condition = selection.typeCondition?.name.value;
        return this.ofSelections(condition ? this.schema.getType(condition) : parent, selection.selectionSet);
      }
    }
  }

  private ofFragment(name: string): Counted {
    const known = this.counted.get(name);
    if (known) return known;
    this.counted.set(name, NOTHING);
    const fragment = this.fragments.get(name);
    const type = fragment && this.schema.getType(fragment.typeCondition.name.value);
    const counted = this.ofSelections(type, fragment?.selectionSet);
    this.counted.set(name, counted);
    return counted;
  }

  private ofField(parent: GraphQLNamedType | null | undefined, field: FieldNode): Counted {
    const known = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field.name.value] : undefined;
    if (!known) return NOTHING;
    const type = getNamedType(known.type);
    const below = this.ofSelections(type, field.selectionSet);
    const own = isLeafType(type) ? LEAF : OBJECT;
    const size = this.sizeOf(known, field);
    const lists = listsIn(known.type);
    if (lists === 0) return { once: own + below.once + (size ?? ASSUMED_SIZE) * below.each, each: 0 };
    // Of lists within lists, an argument can only mean the outermost.
    const item = (own + below.once + ASSUMED_SIZE * below.each) * ASSUMED_SIZE ** (lists - 1);
    return size === null ? { once: 0, each: item } : { once: size * item, each: 0 };
  }

  /** How long the lists may be that a field's arguments speak of; null where none says it. */
  private sizeOf({ args }: GraphQLField<unknown, unknown>, field: FieldNode): number | null {
    let size: number | null = null;
    for (const argument of args) {
      if (!SIZE_ARGUMENTS.has(argument.name)) continue;
      const asked = this.askedOf(argument, field);
      if (asked === null) continue;
      size = Math.max(size ?? 1, asked);
      if (size > (this.longest?.size ?? 0)) this.longest = { argument: argument.name, size };
    }
    return size;
  }

  private askedOf({ name, defaultValue }: GraphQLArgument, field: FieldNode): number | null {
    const given = field.arguments?.find((argument) => argument.name.value === name)?.value;
    return sizeIn(given && this.valueOf(given)) ?? sizeIn(defaultValue);
  }

  private valueOf(node: ValueNode): number | null {
    if (node.kind !== Kind.VARIABLE) return node.kind === Kind.INT ? Number(node.value) : null;
    const name = node.name.value;
    const value = sizeGiven(this.variables, name);
    this.by.set(name, value);
    if (value !== undefined) return value;
    const fallback = this.defaults.get(name);
    return fallback?.kind === Kind.INT ? Number(fallback.value) : null;
  }
}

/** What a list's size can be read from: nothing else of a client's is kept. */
function sizeGiven(variables: Variables, name: string): number | null | undefined {
  if (!Object.hasOwn(variables, name)) return undefined;
  const value = variables[name];
  return typeof value === 'number' ? value : null;
}

function sizeIn(value: unknown): number | null {
  return typeof value === 'number' && value <= LARGEST_INT ? Math.max(value, 1) : null;
}

function listsIn(type: GraphQLOutputType): number {
  const bare = getNullableType(type);
  return isListType(bare) ? 1 + listsIn(bare.ofType) : 0;
}
