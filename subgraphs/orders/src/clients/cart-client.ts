import { Pool } from 'undici';
import { z } from 'zod';
import { type ServiceIdentity, signServiceToken } from '@shop/shared/auth/service-identity';
import { orderItem } from '@shop/shared/contracts/fields';
import type { Component } from '@shop/shared/lifecycle/system';
import { cartUnavailable, type CheckoutAnswer } from '../domain/intent.js';

interface CartClientOptions {
  /** The origin of the cart service. */
  readonly url: string;
  readonly identity: ServiceIdentity;
  readonly timeoutMs: number;
}

const taken = z.object({ items: z.array(orderItem) });

/** One connection may have died unnoticed since it was last used; a checkout can be asked for again. */
const ATTEMPTS = 2;

/** Asks cart to hand over what a user's cart holds. The same uuid always gets the same answer. */
export class CartClient implements Component {
  readonly name = 'cart client';
  private readonly pool: Pool;

  constructor(private readonly options: CartClientOptions) {
    this.pool = new Pool(options.url, { connections: 50, connect: { timeout: options.timeoutMs } });
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    await this.pool.destroy();
  }

  /** What the checkout took. SUBGRAPH_UNAVAILABLE when cart gives no answer that can be used, in time. */
  async checkout(orderUuid: string, userId: number): Promise<CheckoutAnswer> {
    const body = JSON.stringify({ order_uuid: orderUuid, user_id: userId });
    const signal = AbortSignal.timeout(this.options.timeoutMs);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.post(body, signal);
      } catch (error) {
        if (attempt === ATTEMPTS || signal.aborted || !isBrokenConnection(error)) throw cartUnavailable(error);
      }
    }
  }

  private async post(body: string, signal: AbortSignal): Promise<CheckoutAnswer> {
    const authorization = `Bearer ${signServiceToken(this.options.identity)}`;
    const headers = { 'content-type': 'application/json', authorization };
    const response = await this.pool.request({ method: 'POST', path: '/cart/checkout', headers, body, signal });
    if (response.statusCode === 200) return toAnswer(await response.body.json());
    await response.body.dump();
    if (response.statusCode === 409) return 'closed';
    throw new Error(`cart answered ${response.statusCode}`);
  }
}

function toAnswer(body: unknown): CheckoutAnswer {
  const { items } = taken.parse(body);
  return {
    items: items.map(({ product_id: productId, name, quantity, price }) => ({ productId, name, quantity, price })),
  };
}

function isBrokenConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET');
}
