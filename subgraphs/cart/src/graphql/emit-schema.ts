import { cartSchema } from './cart-schema.js';
import type { CartUseCases } from '../use-cases/cart-use-cases.js';

/** The cart subgraph's schema, for composition. Nothing runs behind it. */
export async function schemaText(): Promise<string> {
  return (await cartSchema({} as CartUseCases, '')).text;
}
