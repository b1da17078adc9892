import { Arg, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import { type Caller, requireCaller } from '@shop/shared/auth/caller';
import { badInput } from '@shop/shared/errors/app-error';
import type { GraphqlContext } from '@shop/shared/graphql/context';
import { OrderType } from './order.type.js';
import type { WatchOrders } from '../live-status/watch-orders.js';
import { orderReference } from '../order-reference.js';
import type { OrderView } from '../persistence/order-view.js';

interface Arguments {
  readonly orderId?: string | null;
  readonly afterVersion?: number | null;
}

/**
 * The resolver of the subscription. type-graphql takes the stream from the decorator, not from the instance, so that each
 * service has a class of its own.
 */
export function orderStatusSubscription(watch: WatchOrders): object {
  @Resolver()
  class OrderStatusSubscription {
    @Subscription(() => OrderType, {
      description:
        "Each version of an order, in order: as it is now and what follows, or what follows afterVersion; without an orderId those of all the caller's orders from now on",
      subscribe: (({ args, context }: { args: Arguments; context: GraphqlContext }) =>
        streamOf(watch, requireCaller(context.caller), args)) as never,
    })
    orderStatusChanged(
      @Root() order: OrderView,
      @Arg('orderId', () => ID, { nullable: true }) _orderId: string | null | undefined,
      @Arg('afterVersion', () => Int, { nullable: true }) _afterVersion: number | null | undefined,
    ): OrderView {
      return order;
    }
  }
  return new OrderStatusSubscription();
}

async function streamOf(watch: WatchOrders, caller: Caller, { orderId, afterVersion }: Arguments) {
  const after = afterVersion ?? null;
  if (orderId !== null && orderId !== undefined) return watch.one(caller, orderReference(orderId, 'orderId'), after);
  if (after !== null) throw badInput('afterVersion needs an orderId', 'afterVersion');
  return watch.all(caller);
}
