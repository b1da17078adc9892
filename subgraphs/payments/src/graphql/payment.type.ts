import { SafeInt } from '@shop/shared/graphql/scalars';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { OrderType } from './order.type.js';
import type { StoredPayment } from '../persistence/payment.store.js';

export enum PaymentStatus {
  PENDING = 'PENDING',
  SUCCEEDED = 'SUCCEEDED',
  FAILED = 'FAILED',
  REFUNDED = 'REFUNDED',
}
registerEnumType(PaymentStatus, { name: 'PaymentStatus' });

@ObjectType('Payment')
@Directive('@key(fields: "id")')
export class PaymentType {
  @Field(() => ID)
  id!: string;

  @Field(() => OrderType, { nullable: true })
  order!: OrderType | null;

  @Field(() => SafeInt, { description: "In the currency's minor unit." })
  amount!: number;

  @Field(() => String, { description: 'ISO 4217.' })
  currency!: string;

  @Field(() => String)
  provider!: string;

  @Field(() => PaymentStatus)
  status!: PaymentStatus;

  @Field(() => String, { nullable: true })
  failureReason!: string | null;

  @Field(() => Date)
  createdAt!: Date;
}

/** A payment as clients see it. */
export function toPaymentType(payment: StoredPayment): PaymentType {
  const { id, orderUuid, amount, currency, provider, failureReason, createdAt } = payment;
  const status = PaymentStatus[payment.state.status];
  return { id: String(id), order: { uuid: orderUuid }, amount, currency, provider, status, failureReason, createdAt };
}
