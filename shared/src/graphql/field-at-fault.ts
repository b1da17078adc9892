import { type ArgumentNode, type GraphQLError, Kind, type ObjectFieldNode, parse, type Source, visit } from 'graphql';

/**
 * The input field that an error of graphql's validation or of its variables is about, where that can be known: the
 * innermost name, as in errors of the domain. The library has it in places of the document and in its words only.
 */
export function fieldAtFault(error: GraphQLError): string | undefined {
  return fieldInVariable(error.message) ?? missingField(error.message) ?? fieldAround(error);
}

/** `Variable "$input" got invalid value 1 at "input.items[0].quantity"; Int cannot represent ...` */
function fieldInVariable(message: string): string | undefined {
  const variable = /^Variable "\$(\w+)"/.exec(message)?.[1];
  if (variable === undefined) return undefined;
  const path = / at "([\w.[\]]+)"; /.exec(message)?.[1];
  return (
    missingField(message) ??
    path
      ?.replace(/\[\d+\]/g, '')
      .split('.')
      .at(-1) ??
    variable
  );
}

/** What is not there, or should not be, has no value to point at. */
function missingField(message: string): string | undefined {
  return /\b(?:Field "(?:\w+\.)?|argument ")(\w+)" (?:of required type|of type "[^"]+" is required|is not defined)/.exec(
    message,
  )?.[1];
}

/** The argument, or the field of an input object, that the place of an error is within. */
function fieldAround({ nodes, source }: GraphQLError): string | undefined {
  const place = nodes?.[0]?.loc;
  if (!place || !source) return undefined;
  return inputsIn(source).findLast(({ start, end }) => start <= place.start && place.end <= end)?.name;
}

interface Input {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Of documents with mistakes: there may be many in one. */
const known = new WeakMap<Source, readonly Input[]>();

/** A document's arguments and fields of input objects, each before those within it. */
function inputsIn(source: Source): readonly Input[] {
  const before = known.get(source);
  if (before) return before;
  const inputs: Input[] = [];
  const enter = ({ loc, name }: ArgumentNode | ObjectFieldNode) => {
    if (loc) inputs.push({ name: name.value, start: loc.start, end: loc.end });
  };
  visit(parse(source.body), { [Kind.ARGUMENT]: { enter }, [Kind.OBJECT_FIELD]: { enter } });
  known.set(source, inputs);
  return inputs;
}
