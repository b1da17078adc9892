import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** A product, of which the cart only says which one it is: products tells the rest. */
@ObjectType('Product')
@Directive('@key(fields: "id", resolvable: false)')
export class ProductType {
  @Field(() => ID)
  id!: string;
}
