import { buildSubgraph, type ReferenceResolver } from '@shop/shared/graphql/build-subgraph';
import { numericId } from '@shop/shared/graphql/identifiers';
import type { LogContext } from './loaders.js';
import { LogEntryResolver } from './log-entry.resolver.js';
import { toLogEntryType } from './log-entry.type.js';
import { permissions } from './permissions.js';
import type { EntryStore } from '../persistence/entry.store.js';

const references: Readonly<Record<string, ReferenceResolver>> = {
  LogEntry: async ({ id }, { caller, loaders }: LogContext) => {
    const entryId = numericId(id);
    // What shields the type's fields does not keep the row from being read.
    const entry = entryId === null || caller?.role !== 'ADMIN' ? null : await loaders.byId.load(entryId);
    return entry && toLogEntryType(entry);
  },
};

/** The logger subgraph: its schema as text, and as what executes. */
export const loggerSchema = (entries: EntryStore) =>
  buildSubgraph({ resolvers: [new LogEntryResolver(entries)], references, permissions });
