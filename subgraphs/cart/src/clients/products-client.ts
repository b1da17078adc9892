import { type ProductSnapshot, productSnapshot } from '@shop/shared/contracts/product-events';
import { unavailable } from '@shop/shared/errors/app-error';
import { inClientSpan, noteStatus } from '@shop/shared/http/client-span';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { type Dispatcher, Pool } from 'undici';

const TIMEOUT_MS = 2_000;

const away = (cause: unknown) => unavailable('products service unavailable', cause);

/** Asks the products service, by `GET /products/:id` of the REST contract. */
export class ProductsClient {
  private readonly pool: Pool;

  /** @param origin where the products service listens */
  constructor(
    private readonly origin: string,
    private readonly telemetry: Pick<Telemetry, 'tracing'>,
  ) {
    this.pool = new Pool(new URL(origin).origin, {
      connections: 10,
      connect: { timeout: TIMEOUT_MS },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
  }

  /** The product as it is now, null when there is none. Throws 503 for any answer but these two, and for none in time. */
  async product(id: number): Promise<ProductSnapshot | null> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const path = `/products/${id}`;
    const request = {
      ...{ name: 'GET /products/:id', method: 'GET', service: 'products' },
      url: new URL(path, this.origin),
    };
    try {
      return await inClientSpan(this.telemetry, request, async (headers, span) => {
        const answer = await this.pool.request({ method: 'GET', path, headers, signal });
        noteStatus(span, answer.statusCode);
        if (answer.statusCode === 200) return productSnapshot.parse(await answer.body.json());
        await answer.body.dump();
        return absent(answer);
      });
    } catch (error) {
      throw away(error);
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

function absent({ statusCode }: Dispatcher.ResponseData): null {
  if (statusCode === 404) return null;
  throw new Error(`the products service answered ${statusCode}`);
}
