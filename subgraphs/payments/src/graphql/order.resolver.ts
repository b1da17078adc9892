import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { PaymentsContext } from './loaders.js';
import { OrderType } from './order.type.js';
import { PaymentType, toPaymentType } from './payment.type.js';

@Resolver(() => OrderType)
export class OrderResolver {
  @FieldResolver(() => PaymentType, { nullable: true, description: 'Null before the charge.' })
  async payment(@Root() { uuid }: OrderType, @Ctx() { loaders }: PaymentsContext): Promise<PaymentType | null> {
    const payment = await loaders.byOrder.load(uuid.toLowerCase());
    return payment && toPaymentType(payment);
  }
}
