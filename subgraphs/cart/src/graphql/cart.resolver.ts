import { requireCaller } from '@shop/shared/auth/caller';
import { numericId, requiredId } from '@shop/shared/graphql/identifiers';
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { CartType } from './cart.type.js';
import type { CartContext } from './loaders.js';
import { productNotFound } from '../domain/cart.js';
import type { CartUseCases } from '../use-cases/cart-use-cases.js';

/** What is none, is no id of anything. */
const WHOLE_NUMBER = /^(?:0|-?[1-9]\d*)$/;

@Resolver(() => CartType)
export class CartResolver {
  constructor(
    private readonly useCases: CartUseCases,
    private readonly currency: string,
  ) {}

  @Query(() => CartType, { nullable: true, description: "The caller's own; everybody has one." })
  async cart(@Ctx() context: CartContext): Promise<CartType | null> {
    const cart = await context.loaders.cart.load(userOf(context));
    return cart && new CartType(cart, this.currency);
  }

  @Mutation(() => CartType, { description: 'Adds to the quantity if the product is in the cart.' })
  async addToCart(
    @Arg('productId', () => ID) productId: string,
    @Arg('quantity', () => Int, { defaultValue: 1 }) quantity: number,
    @Ctx() context: CartContext,
  ): Promise<CartType> {
    const id = WHOLE_NUMBER.test(productId) ? numericId(productId) : requiredId(productId, 'productId');
    // A number past all ids is one that no product has.
    if (id === null) throw productNotFound();
    return new CartType(await this.useCases.addToCart.run(userOf(context), id, quantity), this.currency);
  }

  @Mutation(() => CartType)
  async updateCartItem(
    @Arg('id', () => ID) itemId: string,
    @Arg('quantity', () => Int) quantity: number,
    @Ctx() context: CartContext,
  ): Promise<CartType> {
    const id = requiredId(itemId, 'id');
    return new CartType(await this.useCases.updateCartItem.run(userOf(context), id, quantity), this.currency);
  }

  @Mutation(() => CartType)
  async removeFromCart(@Arg('id', () => ID) itemId: string, @Ctx() context: CartContext): Promise<CartType> {
    const id = requiredId(itemId, 'id');
    return new CartType(await this.useCases.removeFromCart.run(userOf(context), id), this.currency);
  }

  @Mutation(() => CartType)
  async clearCart(@Ctx() context: CartContext): Promise<CartType> {
    return new CartType(await this.useCases.clearCart.run(userOf(context)), this.currency);
  }
}

const userOf = ({ caller }: CartContext): number => Number(requireCaller(caller).userId);
