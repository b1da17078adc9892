import { buildSubgraph, type ReferenceResolver } from '@shop/shared/graphql/build-subgraph';
import { numericId } from '@shop/shared/graphql/identifiers';
import { isUuid } from '@shop/shared/text/uuid';
import { EmailResolver } from './email.resolver.js';
import { toEmailType } from './email.type.js';
import type { MailerContext } from './loaders.js';
import { OrderResolver } from './order.resolver.js';
import { OrderType } from './order.type.js';
import { permissions } from './permissions.js';
import type { EmailStore } from '../persistence/email.store.js';

const references: Readonly<Record<string, ReferenceResolver>> = {
  Email: async ({ id }, { loaders }: MailerContext) => {
    const emailId = numericId(id);
    const email = emailId === null ? null : await loaders.byId.load(emailId);
    return email && toEmailType(email);
  },
  Order: ({ uuid }) => (isUuid(uuid) ? { uuid } : null),
};

/** The mailer subgraph: its schema as text, and as what executes. */
export const mailerSchema = (emails: Pick<EmailStore, 'page'>) =>
  buildSubgraph({
    resolvers: [new EmailResolver(emails), new OrderResolver()],
    entities: [OrderType],
    references,
    permissions,
  });
