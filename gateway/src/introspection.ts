import { BREAK, type DocumentNode, visit } from 'graphql';

const META_FIELDS: ReadonlySet<string> = new Set(['__schema', '__type']);

/** Whether a document asks for the schema. `__typename` does not. (GraphQL specification, section 4.2) */
export function introspects(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field: ({ name }) => {
      if (!META_FIELDS.has(name.value)) return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}
