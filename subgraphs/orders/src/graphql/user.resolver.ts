import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { DEFAULT_FIRST } from '@shop/shared/graphql/connection';
import type { GraphqlContext } from '@shop/shared/graphql/context';
import { numericId } from '@shop/shared/graphql/identifiers';
import { ordersPage } from './orders-page.js';
import type { OrdersLoaders } from './loaders.js';
import { toOrderConnection } from './order.resolver.js';
import { OrderConnection } from './order.type.js';
import { UserStub } from './stubs.type.js';
import { maySee } from '../use-cases/view-order.js';

@Resolver(() => UserStub)
export class UserResolver {
  /** Null to whoever is neither that user nor an admin. */
  @FieldResolver(() => OrderConnection, { nullable: true, description: 'Newest first' })
  async orders(
    @Root() { id }: UserStub,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { caller, loaders }: GraphqlContext<OrdersLoaders>,
  ) {
    const request = ordersPage(first, after);
    const userId = numericId(id);
    if (userId === null || !maySee(caller, userId)) return null;
    const limit = request.first + 1;
    return toOrderConnection(await loaders.ordersOfUser.load({ userId, after: request.after, limit }), request);
  }
}
