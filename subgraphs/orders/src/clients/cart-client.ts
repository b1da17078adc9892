import type { Span } from '@opentelemetry/api';
import { Pool } from 'undici';
import { z } from 'zod';
import type { Caller } from '@shop/shared/auth/caller';
import { type ServiceIdentity, signServiceToken, USER_CHALLENGE } from '@shop/shared/auth/service-identity';
import { orderItem } from '@shop/shared/contracts/fields';
import { AppError, unauthenticated } from '@shop/shared/errors/app-error';
import { inClientSpan, noteStatus } from '@shop/shared/http/client-span';
import type { Component } from '@shop/shared/lifecycle/system';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { cartUnavailable, type CheckoutAnswer } from '../domain/intent.js';

interface CartClientOptions {
  /** The origin of the cart service. */
  readonly url: string;
  readonly identity: ServiceIdentity;
  readonly timeoutMs: number;
  readonly telemetry: Pick<Telemetry, 'tracing'>;
}

const taken = z.object({ items: z.array(orderItem) });

const PATH = '/cart/checkout';

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

  /**
   * What the checkout of the caller's cart took. UNAUTHENTICATED when cart knows already that the caller's session has ended;
   * SUBGRAPH_UNAVAILABLE when it gives no answer that can be used, in time.
   */
  async checkout(orderUuid: string, { userId, token }: Caller): Promise<CheckoutAnswer> {
    const body = JSON.stringify({ order_uuid: orderUuid, user_id: Number(userId) });
    const signal = AbortSignal.timeout(this.options.timeoutMs);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.post(body, token, signal);
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (attempt === ATTEMPTS || signal.aborted || !isBrokenConnection(error)) throw cartUnavailable(error);
      }
    }
  }

  private post(body: string, token: string, signal: AbortSignal): Promise<CheckoutAnswer> {
    const url = new URL(PATH, this.options.url);
    const request = { name: `POST ${PATH}`, method: 'POST', url, service: 'cart' };
    return inClientSpan(this.options.telemetry, request, (trace, span) =>
      this.postTraced(body, { ...trace, ...this.credentials(token) }, signal, span),
    );
  }

  /** Who asks, and for whom. */
  private credentials(token: string): Record<string, string> {
    const authorization = `Bearer ${signServiceToken(this.options.identity)}`;
    return { authorization, 'x-user-authorization': `Bearer ${token}` };
  }

  private async postTraced(
    body: string,
    headers: Record<string, string>,
    signal: AbortSignal,
    span: Span,
  ): Promise<CheckoutAnswer> {
    const response = await this.pool.request({
      ...{ method: 'POST', path: PATH, body, signal },
      headers: { 'content-type': 'application/json', ...headers },
    });
    noteStatus(span, response.statusCode);
    if (response.statusCode === 200) return toAnswer(await response.body.json());
    await response.body.dump();
    if (response.statusCode === 409) return 'closed';
    if (response.statusCode === 401 && response.headers['www-authenticate'] === USER_CHALLENGE)
      throw unauthenticated('invalid token');
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
