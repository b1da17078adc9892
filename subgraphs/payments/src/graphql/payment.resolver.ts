import { requiredUuid } from '@shop/shared/graphql/identifiers';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { PaymentsContext } from './loaders.js';
import { PaymentType, toPaymentType } from './payment.type.js';

@Resolver(() => PaymentType)
export class PaymentResolver {
  @Query(() => PaymentType, { nullable: true, description: "An order's payment; the caller's own, an admin any." })
  async payment(
    @Arg('orderUuid', () => ID) orderUuid: string,
    @Ctx() { loaders }: PaymentsContext,
  ): Promise<PaymentType | null> {
    const payment = await loaders.byOrder.load(requiredUuid(orderUuid, 'orderUuid'));
    return payment && toPaymentType(payment);
  }
}
