import { Supergraph } from '@apollo/federation-internals';
import { CriticalityLevel, diff } from '@graphql-inspector/core';

/**
 * What clients of the graph may trip over, between two composed supergraphs: changes of the schema that clients see.
 * @returns {Promise<{what: string, says: string}[]>} `what`: the field, type or argument
 */
export async function graphBreaks(before, after) {
  const changes = await diff(clientsSchema(before), clientsSchema(after));
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .map(({ path, message }) => ({ what: path ?? message, says: message }));
}

/** Without what composition adds, and what is inaccessible. */
function clientsSchema(supergraph) {
  return Supergraph.build(supergraph).apiSchema().toGraphQLJSSchema();
}
