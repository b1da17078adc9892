import type { FetchDataRewrite } from '@apollo/query-planner';
import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import { type Data, defineOwn, readerOf } from './data.js';

/** Changes what goes to a subgraph, or comes from it, in place. */
export type Rewrite = (value: unknown) => void;

const FRAGMENT = '... on ';

/** What a plan wants changed of a representation, or of an answer; null where that is nothing. */
export function compileRewrites(schema: GraphQLSchema, rewrites: readonly FetchDataRewrite[] = []): Rewrite | null {
  const compiled = rewrites.flatMap((rewrite) => compileRewrite(schema, rewrite) ?? []);
  if (compiled.length === 0) return null;
  return (value) => compiled.forEach((rewrite) => rewrite(value));
}

function compileRewrite(schema: GraphQLSchema, rewrite: FetchDataRewrite): Rewrite | null {
  const name = rewrite.path.at(-1);
  if (name === undefined) return null;
  if (name.startsWith(FRAGMENT)) throw new Error(`Unexpected fragment as last element of ${rewrite.path.join(',')}`);
  return rewrite.path
    .slice(0, -1)
    .reduceRight((below, element) => onObjects(step(schema, element, below)), onObjects(change(rewrite, name)));
}

function change(rewrite: FetchDataRewrite, name: string): (object: Data) => void {
  if (rewrite.kind === 'ValueSetter') return (object) => setOwn(object, name, rewrite.setValueTo);
  const read = readerOf(name);
  return (object) => {
    const value = read(object);
    if (!value) return;
    setOwn(object, rewrite.renameKeyTo, value);
    object[name] = undefined;
  };
}

function step(schema: GraphQLSchema, element: string, below: Rewrite): (object: Data) => void {
  if (!element.startsWith(FRAGMENT)) {
    const read = readerOf(element);
    return (object) => below(read(object));
  }
  const type = element.slice(FRAGMENT.length);
  return (object) => {
    if (isOfType(schema, object, type) ?? true) below(object);
  };
}

/** For every object in a value, however many lists it is in. */
function onObjects(rewrite: (object: Data) => void): Rewrite {
  const each: Rewrite = (value) => {
    if (Array.isArray(value)) value.forEach(each);
    else if (typeof value === 'object' && value !== null) rewrite(value as Data);
  };
  return each;
}

function setOwn(object: Data, name: string, value: unknown): void {
  defineOwn(object, name);
  object[name] = value;
}

/** Whether an object says that it is of this type, or of one that it stands for; null where it says nothing. */
export function isOfType(schema: GraphQLSchema, { __typename: typename }: Data, condition: string): boolean | null {
  if (!typename) return null;
  return typename === condition || isPossible(schema, String(typename), condition);
}

/** Whether a type is one of those that another, abstract, one stands for. */
export function isPossible(schema: GraphQLSchema, typename: string, condition: string): boolean {
  const type = schema.getType(typename);
  const abstract = schema.getType(condition);
  if (!isAbstractType(abstract)) return false;
  return (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(abstract, type);
}
