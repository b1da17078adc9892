import type { GraphqlContext } from '@shop/shared/graphql/context';
import DataLoader from 'dataloader';
import type { EntryStore, StoredEntry } from '../persistence/entry.store.js';

/** One request's loader: one statement for any number of ids. */
export interface LogLoaders {
  readonly byId: DataLoader<number, StoredEntry | null>;
}

export type LogContext = GraphqlContext<LogLoaders>;

export function logLoaders(entries: EntryStore): LogLoaders {
  return {
    byId: new DataLoader(async (ids) => {
      const found = new Map((await entries.byIds(ids)).map((entry) => [entry.id, entry]));
      return ids.map((id) => found.get(id) ?? null);
    }),
  };
}
