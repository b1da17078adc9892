import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
} from 'graphql';
import { type ServiceName, serviceNames } from '@shop/shared/backing/roster';

export interface Field {
  readonly name: string;
  /** The name of its type, without lists and non-nulls. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly isList: boolean;
  /** The subgraphs that answer it. */
  readonly owners: ReadonlySet<ServiceName>;
}

export interface ObjectType {
  readonly name: string;
  readonly fields: readonly Field[];
  /** The keys by which each subgraph finds one. */
  readonly keys: ReadonlyMap<ServiceName, readonly string[]>;
}

const committed = join(import.meta.dirname, '../../../gateway/supergraph.graphql');

/** The object types of the composed supergraph, and which subgraph has what of them. */
export class Graph {
  private constructor(private readonly types: ReadonlyMap<string, ObjectType>) {}

  /** Of the composed schema that is committed. */
  static read(sdl = readFileSync(committed, 'utf8')): Graph {
    const definitions = parse(sdl).definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION);
    return new Graph(new Map(definitions.map((node) => [node.name.value, objectType(node)])));
  }

  /** Every field, as `Order.total`. */
  get coordinates(): readonly string[] {
    return [...this.types.values()].flatMap(({ name, fields }) => fields.map((field) => `${name}.${field.name}`));
  }

  get all(): readonly ObjectType[] {
    return [...this.types.values()];
  }

  /** Undefined for a scalar or an enum. */
  type(name: string): ObjectType | undefined {
    return this.types.get(name);
  }

  /** The fields of a type, or those of them that one subgraph answers. */
  fieldsOf(type: string, owner: ServiceName | null): readonly Field[] {
    return (this.types.get(type)?.fields ?? []).filter(({ owners }) => owner === null || owners.has(owner));
  }
}

function objectType({ name, directives = [], fields = [] }: ObjectTypeDefinitionNode): ObjectType {
  const joins = directives.filter((directive) => directive.name.value === 'join__type').map(argumentsOf);
  const keys = joins.filter(({ key, resolvable }) => key !== undefined && resolvable !== 'false');
  const owners = new Set(joins.map(({ graph }) => serviceOf(graph)));
  return {
    name: name.value,
    fields: fields.map((field) => fieldOf(field, owners)),
    keys: new Map(
      [...Map.groupBy(keys, ({ graph }) => serviceOf(graph))].map(([owner, all]) => [
        owner,
        all.map(({ key = '' }) => key),
      ]),
    ),
  };
}

/** A field that names no subgraph is in all that have its type. */
function fieldOf({ name, type, directives = [] }: FieldDefinitionNode, ofType: ReadonlySet<ServiceName>): Field {
  const named = directives.filter((directive) => directive.name.value === 'join__field').map(argumentsOf);
  const owners = named.length === 0 ? ofType : new Set(named.map(({ graph }) => serviceOf(graph)));
  const isNullable = type.kind !== Kind.NON_NULL_TYPE;
  const isList = (type.kind === Kind.NON_NULL_TYPE ? type.type : type).kind === Kind.LIST_TYPE;
  return { name: name.value, type: namedType(type), isNullable, isList, owners };
}

function argumentsOf({ arguments: given = [] }: ConstDirectiveNode): Readonly<Record<string, string>> {
  return Object.fromEntries(given.map(({ name, value }) => [name.value, 'value' in value ? String(value.value) : '']));
}

function serviceOf(graph = ''): ServiceName {
  const service = serviceNames.find((known) => known === graph.toLowerCase());
  if (!service) throw new Error(`the supergraph has a subgraph that is no service: ${graph}`);
  return service;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
