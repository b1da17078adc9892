import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { EmailType, toEmailType } from './email.type.js';
import type { MailerContext } from './loaders.js';
import { OrderType } from './order.type.js';

@Resolver(() => OrderType)
export class OrderResolver {
  @FieldResolver(() => [EmailType], {
    nullable: true,
    description: 'What was written to the customer about it, oldest first; also what is still on its way.',
  })
  async emails(@Root() { uuid }: OrderType, @Ctx() { loaders }: MailerContext): Promise<EmailType[]> {
    return (await loaders.byOrder.load(uuid.toLowerCase())).map(toEmailType);
  }
}
