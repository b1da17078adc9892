import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildASTSchema,
  getNamedType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  parse,
} from 'graphql';

/** A place for a text in the arguments of a root field, and an operation that puts one there. */
export interface StringArgument {
  /** `Query.products filter.search` */
  readonly name: string;
  readonly query: string;
  readonly variables: (text: string) => Readonly<Record<string, unknown>>;
}

const schema = buildASTSchema(
  parse(readFileSync(join(import.meta.dirname, '../../../gateway/supergraph.graphql'), 'utf8')),
);

/** Every String and ID that the graph's queries and mutations take, also within inputs. */
export function stringArguments(): StringArgument[] {
  return [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.values(root?.getFields() ?? {}).flatMap((field) =>
      field.args.flatMap((argument) =>
        placesIn(argument.name, argument.type).map((place) => ({
          name: `${root?.name}.${field.name} ${place.join('.')}`,
          query: operationOf(root?.name ?? '', field.name, field.args, isLeafType(getNamedType(field.type))),
          variables: (text: string) =>
            Object.fromEntries(
              field.args
                .filter((other) => other === argument || isNonNullType(other.type))
                .map((other) => [other.name, valueOf(other, other === argument ? place.slice(1) : null, text)]),
            ),
        })),
      ),
    ),
  );
}

function placesIn(name: string, type: GraphQLInputType): string[][] {
  const named = getNamedType(type);
  if (named.name === 'String' || named.name === 'ID') return [[name]];
  if (!isInputObjectType(named)) return [];
  return Object.values(named.getFields()).flatMap((field) =>
    placesIn(field.name, field.type).map((place) => [name, ...place]),
  );
}

function operationOf(root: string, field: string, given: readonly GraphQLArgument[], isLeaf: boolean): string {
  const declared = given.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
  return `${root.toLowerCase()} (${declared}) { ${field}(${passed})${isLeaf ? '' : ' { __typename }'} }`;
}

/** A value of an argument: the text where it belongs, and beside it only what has to be there. */
function valueOf(
  { name, type }: GraphQLArgument | GraphQLInputField,
  place: readonly string[] | null,
  text: string,
): unknown {
  const bare = isNonNullType(type) ? type.ofType : type;
  if (isListType(bare)) return [valueOf({ name, type: bare.ofType } as GraphQLInputField, place, text)];
  if (isInputObjectType(bare)) {
    const [next, ...rest] = place ?? [];
    return Object.fromEntries(
      Object.values(bare.getFields())
        .filter((field) => field.name === next || isRequiredInputField(field))
        .map((field) => [field.name, valueOf(field, field.name === next ? rest : null, text)]),
    );
  }
  if (place) return text;
  if (isEnumType(bare)) return bare.getValues()[0]?.name;
  return bare.name === 'Boolean' ? true : bare.name === 'Int' || bare.name === 'SafeInt' ? 1 : usual(name);
}

/** Passwords are long enough, so that the text beside them is looked at. */
const usual = (name: string): string => (name === 'password' || name === 'new' ? 'a long passphrase' : '1');
