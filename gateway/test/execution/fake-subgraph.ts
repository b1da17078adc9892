import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  execute,
  type ExecutionResult,
  getNamedType,
  getNullableType,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
} from 'graphql';
import { type Faults, spoil } from './faults.js';
import { decided, hashOf } from './hash.js';
import type { SubgraphText } from './random-graph.js';

/** What a subgraph is asked. */
export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An object as its subgraph knows it: what makes it the one that it is, and what it was asked by. */
type Source = Readonly<Record<string, unknown>> & { readonly __typename?: string; readonly origin?: string };

const MEDIA = ['Book', 'Film'];

/** A subgraph whose every value is decided by what it is the value of: asked again, it says the same. */
export class FakeSubgraph {
  readonly name: string;
  private readonly schema: GraphQLSchema;

  constructor({ name, typeDefs }: SubgraphText) {
    this.name = name;
    this.schema = buildSubgraphSchema({ typeDefs: parse(typeDefs) });
  }

  /** Rejects where it is not to be reached. Answers as JSON does: sharing nothing with any other answer. */
  async answer({ query, variables }: Asked, world: string, faults: Faults): Promise<ExecutionResult> {
    const about = [world, this.name, query, batchOf(variables)];
    if (decided(faults.away, 'away', ...about)) throw new Error(`${this.name} is away`);
    const result = (await execute({
      schema: this.schema,
      document: parse(query),
      rootValue: { __typename: 'Query', origin: 'root' },
      contextValue: { world, faults },
      variableValues: variables,
      fieldResolver: (source: Source, parameters, _context, info) =>
        this.resolve(source, parameters as object, info, world, faults),
      typeResolver: ({ __typename: typename }: Source) => typename,
    })) as ExecutionResult;
    return spoil(JSON.parse(JSON.stringify(result)) as ExecutionResult, faults, about, variables);
  }

  private resolve(source: Source, parameters: object, info: GraphQLResolveInfo, world: string, faults: Faults) {
    const { fieldName, returnType, parentType } = info;
    const known = source[fieldName];
    if (known !== undefined && fieldName !== 'origin') return known;
    const needed = JSON.stringify(source, (key, value: unknown) => (key === '__typename' ? undefined : value));
    // What a field requires decides it; otherwise it is what its object is, whoever asks for that.
    const object = /^r\d|^told/.test(fieldName) ? needed : identityOf(parentType.name, source);
    const about = [world, object, fieldName, JSON.stringify(parameters)];
    if (decided(faults.error, 'error', this.name, ...about))
      throw new GraphQLError(
        `no ${fieldName}`,
        decided(0.5, ...about) ? {} : { extensions: { code: 'NOT_FOUND', at: 1 } },
      );
    return this.valueOf(returnType, about);
  }

  private valueOf(type: GraphQLOutputType, about: readonly string[]): unknown {
    if (isNonNullType(type)) return this.valueOf(type.ofType, about);
    if (decided(0.1, 'null', ...about)) return null;
    if (!isListType(type)) return this.bareValue(type, about);
    const { ofType } = type;
    return Array.from({ length: hashOf('length', ...about) % 4 }, (_, at) => this.valueOf(ofType, [...about, `${at}`]));
  }

  private bareValue(type: GraphQLOutputType, about: readonly string[]): unknown {
    const number = hashOf(...about);
    const named = getNamedType(getNullableType(type));
    if (isEnumType(named)) return named.getValues()[number % named.getValues().length]?.name;
    if (isObjectType(named)) return objectOf(named.name, about);
    if (isAbstractType(named)) {
      const possible = this.schema.getPossibleTypes(named).map(({ name }) => name);
      const typename = possible[number % possible.length] ?? '';
      return objectOf(typename, about);
    }
    switch (named.name) {
      case 'Int':
        return (number % 201) - 100;
      case 'Float':
        return (number % 1_000) / 8;
      case 'Boolean':
        return number % 2 === 0;
      case 'Anything':
        return [{ deep: { list: [1, 'two', null] } }, 7, 'text', [[]]][number % 4];
      default:
        return [`text ${number % 50}`, 'with "quotes"\n', 'Hà Nội \u2028', '', '\ud83d\ude00'][number % 5];
    }
  }
}

/** Few ids: the same object is met in many places. */
function objectOf(typename: string, about: readonly string[]): Source {
  const id = `${1 + (hashOf('id', ...about) % 3)}`;
  if (MEDIA.includes(typename)) return { __typename: MEDIA[Number(id) % 2] ?? typename, id };
  if (typename === 'Media') return { __typename: typename, id };
  if (typename.startsWith('T')) return { __typename: typename, id, code: `c${id}` };
  return { __typename: typename, origin: about.join(' ') };
}

function identityOf(typename: string, { id, code, origin }: Source): string {
  if (origin !== undefined) return origin;
  const number = typeof id === 'string' ? id : String(code).slice(1);
  return `${MEDIA.includes(typename) ? 'Media' : typename} ${number}`;
}

/** A batch by what is in it, however often. */
function batchOf({ representations, ...others }: Asked['variables']): string {
  const asked = Array.isArray(representations) ? representations.map((one) => JSON.stringify(one)) : [];
  return JSON.stringify([[...new Set(asked)].sort(), others]);
}
