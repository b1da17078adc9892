import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { connectionType } from '@shop/shared/graphql/connection';
import { Json, SafeInt } from '@shop/shared/graphql/scalars';
import { cancellationReasons } from '@shop/shared/contracts/order-events';
import type { CancellationReason, OrderStatus } from '../domain/order.js';

/** The names that clients see, and what they stand for. */
export const OrderStatusEnum = {
  PENDING: 'Pending',
  PAID: 'Paid',
  CANCELLED: 'Cancelled',
  SHIPPED: 'Shipped',
  DELIVERED: 'Delivered',
} as const satisfies Record<string, OrderStatus>;
registerEnumType(OrderStatusEnum, { name: 'OrderStatus' });

export const CancellationReasonEnum = Object.fromEntries(cancellationReasons.map((reason) => [reason, reason]));
registerEnumType(CancellationReasonEnum, { name: 'CancellationReason' });

@ObjectType('Order')
@Directive('@key(fields: "id")')
@Directive('@key(fields: "uuid")')
export class OrderType {
  @Field(() => ID)
  id!: number;

  @Field(() => ID)
  uuid!: string;

  @Field(() => OrderStatusEnum)
  status!: OrderStatus;

  @Field(() => CancellationReasonEnum, { name: 'cancellationReason', nullable: true })
  reason!: CancellationReason | null;

  @Field(() => SafeInt)
  total!: number;

  @Field(() => String)
  currency!: string;

  @Field(() => String, { nullable: true })
  shippingAddress!: string | null;

  @Field(() => Int, { description: '1 when placed, one more at each change of status' })
  version!: number;

  @Field(() => Date)
  createdAt!: Date;

  @Field(() => Date)
  updatedAt!: Date;

  /** Not for clients: whose it is, and how much of the timeline belongs to this version. */
  userId!: number;
  timelineLength!: number;
}

export const OrderConnection = connectionType(OrderType, 'Order');

@ObjectType('OrderItem')
@Directive('@key(fields: "id")')
export class OrderItemType {
  @Field(() => ID)
  id!: number;

  @Field(() => String)
  name!: string;

  @Field(() => Int)
  quantity!: number;

  @Field(() => SafeInt)
  price!: number;

  /** Not for clients. */
  productId!: number;
}

@ObjectType('OrderEvent')
export class OrderEventType {
  @Field(() => String, { description: "The step's routing key" })
  type!: string;

  @Field(() => Date)
  at!: Date;

  @Field(() => Json, { nullable: true })
  detail!: object | null;
}

@InputType()
export class PlaceOrderInput {
  @Field(() => String, { nullable: true })
  shippingAddress?: string | null;

  @Field(() => String, { nullable: true, description: 'The same key from the same user: the same order' })
  idempotencyKey?: string | null;
}
