import { type Connection, connection, DEFAULT_FIRST, pageRequest } from '@shop/shared/graphql/connection';
import { Arg, Int, Query, Resolver } from 'type-graphql';
import { EmailConnection, EmailType, toEmailType } from './email.type.js';
import type { EmailStore, StoredEmail } from '../persistence/email.store.js';

@Resolver(() => EmailType)
export class EmailResolver {
  constructor(private readonly store: Pick<EmailStore, 'page'>) {}

  @Query(() => EmailConnection, { nullable: true, description: 'Newest first. For administrators.' })
  async emails(
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
  ): Promise<Connection<EmailType>> {
    const request = pageRequest(first, after, isId);
    return connection(await this.store.page(request), request, toEmailType, ({ id }: StoredEmail) => id);
  }
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value);
