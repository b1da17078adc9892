import { SafeInt } from '@shop/shared/graphql/scalars';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { ProductType } from './product.type.js';
import { type Cart, type CartItem, itemCount, subtotal, total } from '../domain/cart.js';

@ObjectType('CartItem')
@Directive('@key(fields: "id")')
export class CartItemType {
  constructor(private readonly item: CartItem) {}

  @Field(() => ID)
  get id(): string {
    return String(this.item.id);
  }

  @Field(() => ProductType, { nullable: true })
  get product(): ProductType | null {
    return { id: String(this.item.productId) };
  }

  @Field(() => Int)
  get quantity(): number {
    return this.item.quantity;
  }

  @Field(() => SafeInt, { description: "The product's price as it is now, in the currency's minor unit." })
  get price(): number {
    return this.item.price;
  }

  @Field(() => SafeInt)
  get subtotal(): number {
    return subtotal(this.item);
  }
}

@ObjectType('Cart')
@Directive('@key(fields: "id")')
export class CartType {
  constructor(
    private readonly cart: Cart,
    private readonly pricedIn: string,
  ) {}

  @Field(() => ID, { description: 'The id of the user whose cart it is.' })
  get id(): string {
    return String(this.cart.userId);
  }

  @Field(() => [CartItemType])
  get items(): CartItemType[] {
    return this.cart.items.map((item) => new CartItemType(item));
  }

  @Field(() => Int, { description: 'The sum of the quantities.' })
  get itemCount(): number {
    return itemCount(this.cart);
  }

  @Field(() => SafeInt)
  get total(): number {
    return total(this.cart);
  }

  @Field(() => String, { description: 'ISO 4217.' })
  get currency(): string {
    return this.pricedIn;
  }
}
