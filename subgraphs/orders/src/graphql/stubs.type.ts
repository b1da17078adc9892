import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** The user of auth's, extended by its orders. */
@ObjectType('User')
@Directive('@key(fields: "id")')
export class UserStub {
  @Field(() => ID)
  id!: string;
}

/** The product of products', which alone resolves it. */
@ObjectType('Product')
@Directive('@key(fields: "id", resolvable: false)')
export class ProductStub {
  @Field(() => ID)
  id!: string;
}
