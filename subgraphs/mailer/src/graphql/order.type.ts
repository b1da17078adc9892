import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** An order, of which the mailer knows the uuid; `emails` is added by its resolver. */
@ObjectType('Order')
@Directive('@key(fields: "uuid")')
export class OrderType {
  @Field(() => ID)
  uuid!: string;
}
