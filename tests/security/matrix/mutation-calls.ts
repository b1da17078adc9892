import { randomUUID } from 'node:crypto';
import { SEEN } from '../answer.js';
import type { Scene } from './scene.js';

/** How a mutation is asked. */
export interface Call {
  /** The call as it stands in the operation, after whatever it needs was made. */
  readonly text: (scene: Scene) => string | Promise<string>;
  /** What comes of it for whoever may: the thing itself, unless what is asked can't be, which is only said to them. */
  readonly granted: string;
  /** Whether it ends the session with which it is asked. */
  readonly endsSession?: boolean;
}

const call = (text: Call['text'], more: Partial<Call> = {}): Call => ({ text, granted: SEEN, ...more });

const newName = () => `m${randomUUID().replaceAll('-', '').slice(0, 20)}`;

/** How each mutation is asked: about the owner's thing wherever one is named. Throws for one that nobody has thought of. */
export function callsOf(field: string): readonly Call[] {
  const calls = mutationCalls[field];
  if (!calls) throw new Error(`${field} is new: say in mutation-calls.ts how it is to be asked`);
  return calls;
}

const mutationCalls: Readonly<Record<string, readonly Call[]>> = {
  'Mutation.register': [
    call(() => {
      const name = newName();
      return `register(input: { email: "${name}@example.com", username: "${name}", password: "a long passphrase" })`;
    }),
  ],
  'Mutation.login': [call(({ guest: { login, password } }) => `login(login: "${login}", password: "${password}")`)],
  'Mutation.refreshToken': [call(async (scene) => `refreshToken(refreshToken: "${await scene.newRefreshToken()}")`)],
  'Mutation.logout': [call(() => 'logout', { endsSession: true })],
  // Whoever may change it is told what is wrong with it.
  'Mutation.changePassword': [
    call(() => 'changePassword(current: "not the password", new: "another passphrase")', { granted: 'BAD_USER_INPUT' }),
  ],
  'Mutation.setUserRole': [call(async (scene) => `setUserRole(userId: "${await scene.bystander()}", role: CUSTOMER)`)],
  'Mutation.deactivateUser': [call(async (scene) => `deactivateUser(userId: "${await scene.bystander()}")`)],
  'Mutation.createProducts': [call(() => `createProducts(input: [{ name: "${newName()}", price: 1, stock: 1 }])`)],
  'Mutation.updateProduct': [
    call(async (scene) => `updateProduct(id: "${await scene.spareProduct()}", patch: { stock: 7 })`),
  ],
  'Mutation.deleteProduct': [call(async (scene) => `deleteProduct(id: "${await scene.spareProduct()}")`)],
  'Mutation.addToCart': [call(({ things: { product } }) => `addToCart(productId: "${product.id}", quantity: 1)`)],
  'Mutation.updateCartItem': [
    call(async (scene) => `updateCartItem(id: "${await scene.itemInOwnersCart()}", quantity: 3)`),
  ],
  'Mutation.removeFromCart': [call(async (scene) => `removeFromCart(id: "${await scene.itemInOwnersCart()}")`)],
  'Mutation.clearCart': [call(() => 'clearCart')],
  'Mutation.placeOrder': [
    call(async (scene) => {
      await scene.fillCallersCart();
      return 'placeOrder(input: { shippingAddress: "2 Secret Street" })';
    }),
  ],
  // The order has come to its end: that it can't take this step is said only to those who might have asked for it.
  'Mutation.cancelOrder': [
    call(({ things: { order } }) => `cancelOrder(id: "${order.id}")`, { granted: 'CONFLICT' }),
    call(({ things: { order } }) => `cancelOrder(id: "${order.uuid}")`, { granted: 'CONFLICT' }),
  ],
  'Mutation.updateOrderStatus': [
    call(({ things: { order } }) => `updateOrderStatus(id: "${order.id}", status: SHIPPED)`, { granted: 'CONFLICT' }),
    call(({ things: { order } }) => `updateOrderStatus(id: "${order.uuid}", status: SHIPPED)`, { granted: 'CONFLICT' }),
  ],
};
