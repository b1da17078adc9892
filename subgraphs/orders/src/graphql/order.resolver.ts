import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireCaller } from '@shop/shared/auth/caller';
import { multiply } from '@shop/shared/money/amount';
import { connection, DEFAULT_FIRST } from '@shop/shared/graphql/connection';
import type { GraphqlContext } from '@shop/shared/graphql/context';
import { requiredId } from '@shop/shared/graphql/identifiers';
import { SafeInt } from '@shop/shared/graphql/scalars';
import { ordersPage } from './orders-page.js';
import type { OrdersLoaders } from './loaders.js';
import {
  OrderConnection,
  OrderEventType,
  OrderItemType,
  OrderStatusEnum,
  OrderType,
  PlaceOrderInput,
} from './order.type.js';
import { ProductStub, UserStub } from './stubs.type.js';
import type { OrderStatus } from '../domain/order.js';
import { orderReference } from '../order-reference.js';
import type { OrderFilter, OrderReader } from '../persistence/order-reader.js';
import type { OrderView } from '../persistence/order-view.js';
import type { ChangeStatus } from '../use-cases/change-status.js';
import type { PlaceOrder } from '../use-cases/place-order.js';
import type { ViewOrder } from '../use-cases/view-order.js';

type Context = GraphqlContext<OrdersLoaders>;
type StatusArgument = OrderStatus | null | undefined;

@Resolver(() => OrderType)
export class OrderResolver {
  constructor(
    private readonly reader: OrderReader,
    private readonly views: ViewOrder,
    private readonly placeOrders: PlaceOrder,
    private readonly changeStatus: ChangeStatus,
  ) {}

  @Query(() => OrderType, { nullable: true, description: "By id or uuid: the caller's own, an admin any" })
  async order(@Arg('id', () => ID) id: string, @Ctx() { caller }: Context): Promise<OrderView | null> {
    return this.views.find(requireCaller(caller), orderReference(id, 'id'));
  }

  @Query(() => OrderConnection, { nullable: true, description: "The caller's own, newest first" })
  async orders(
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('status', () => OrderStatusEnum, { nullable: true }) status: StatusArgument,
    @Ctx() { caller }: Context,
  ) {
    const userId = Number(requireCaller(caller).userId);
    return this.page({ userId, status: status ?? undefined }, first, after);
  }

  @Query(() => OrderConnection, { nullable: true, description: "Everybody's, newest first; for admins" })
  async allOrders(
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('status', () => OrderStatusEnum, { nullable: true }) status: StatusArgument,
    @Arg('userId', () => ID, { nullable: true }) userId: string | null | undefined,
  ) {
    const ofUser = userId === null || userId === undefined ? undefined : requiredId(userId, 'userId');
    return this.page({ userId: ofUser, status: status ?? undefined }, first, after);
  }

  @Mutation(() => OrderType, { description: "Orders what is in the caller's cart" })
  async placeOrder(
    @Arg('input', () => PlaceOrderInput, { nullable: true }) input: PlaceOrderInput | null | undefined,
    @Ctx() { caller }: Context,
  ): Promise<OrderView> {
    return this.placeOrders.run(requireCaller(caller), input ?? {});
  }

  @Mutation(() => OrderType, { description: 'By its owner, while it is PENDING' })
  async cancelOrder(@Arg('id', () => ID) id: string, @Ctx() { caller }: Context): Promise<OrderView> {
    return this.changeStatus.run(requireCaller(caller), orderReference(id, 'id'), 'Cancelled');
  }

  @Mutation(() => OrderType, { description: 'From PAID to SHIPPED to DELIVERED; for admins' })
  async updateOrderStatus(
    @Arg('id', () => ID) id: string,
    @Arg('status', () => OrderStatusEnum) status: OrderStatus,
    @Ctx() { caller }: Context,
  ): Promise<OrderView> {
    return this.changeStatus.run(requireCaller(caller), orderReference(id, 'id'), status);
  }

  @FieldResolver(() => UserStub, { nullable: true })
  user(@Root() { userId }: OrderView): UserStub {
    return { id: String(userId) };
  }

  @FieldResolver(() => [OrderItemType])
  async items(@Root() { id }: OrderView, @Ctx() { loaders }: Context) {
    return loaders.items.load(id);
  }

  @FieldResolver(() => [OrderEventType], { description: 'Every saga step that was seen or announced, oldest first' })
  async timeline(@Root() { id, timelineLength }: OrderView, @Ctx() { loaders }: Context) {
    const entries = await loaders.timeline.load(id);
    return entries.filter(({ position }) => position <= timelineLength);
  }

  private async page(filter: OrderFilter, first: number | null, after: string | null | undefined) {
    const request = ordersPage(first, after);
    return toOrderConnection(await this.reader.page(filter, request.after, request.first + 1), request);
  }
}

/** One page of orders, of rows that hold one more than the page if there is one. */
export function toOrderConnection(rows: readonly OrderView[], request: ReturnType<typeof ordersPage>) {
  return connection(
    rows,
    request,
    (order) => order,
    (order) => order.id,
  );
}

@Resolver(() => OrderItemType)
export class OrderItemResolver {
  @FieldResolver(() => ProductStub, { nullable: true })
  product(@Root() { productId }: OrderItemType): ProductStub {
    return { id: String(productId) };
  }

  @FieldResolver(() => SafeInt)
  subtotal(@Root() { price, quantity }: OrderItemType): number {
    return multiply(price, quantity);
  }
}
