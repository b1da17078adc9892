import type { GraphqlContext } from '@shop/shared/graphql/context';
import DataLoader from 'dataloader';
import type { User } from '../domain/user.js';
import type { UserStore } from '../persistence/user.store.js';

export interface AuthLoaders {
  readonly users: DataLoader<number, User | null>;
}

export type AuthContext = GraphqlContext<AuthLoaders>;

/** The loaders of one request. */
export function createLoaders(users: UserStore): AuthLoaders {
  return { users: new DataLoader((ids) => users.byIds(ids)) };
}
