import type { Caller } from '@shop/shared/auth/caller';
import type { GraphqlContext } from '@shop/shared/graphql/context';
import DataLoader from 'dataloader';
import { maySee } from '../domain/ownership.js';
import type { EmailStore, StoredEmail } from '../persistence/email.store.js';

/** One request's loaders, a statement each for any number of keys. What the caller may not see is absent. */
export interface EmailLoaders {
  /** By uuid in lower case; oldest first. */
  readonly byOrder: DataLoader<string, readonly StoredEmail[]>;
  readonly byId: DataLoader<number, StoredEmail | null>;
}

export type MailerContext = GraphqlContext<EmailLoaders>;

export function emailLoaders(emails: EmailStore, caller: Caller | null): EmailLoaders {
  return {
    byOrder: new DataLoader(async (orderUuids) => {
      const found = await emails.findByOrders(orderUuids);
      const visible = Map.groupBy(
        found.filter((email) => maySee(caller, email)),
        ({ orderUuid }) => orderUuid,
      );
      return orderUuids.map((orderUuid) => visible.get(orderUuid) ?? []);
    }),
    byId: new DataLoader(async (ids) => {
      const visible = (await emails.findByIds(ids)).filter((email) => maySee(caller, email));
      const found = new Map(visible.map((email) => [email.id, email]));
      return ids.map((id) => found.get(id) ?? null);
    }),
  };
}
