import { type ProductSnapshot, productSnapshot } from '@shop/shared/contracts/product-events';
import { unavailable } from '@shop/shared/errors/app-error';
import { type Dispatcher, Pool } from 'undici';

const TIMEOUT_MS = 2_000;

const away = (cause: unknown) => unavailable('products service unavailable', cause);

/** Asks the products service, by `GET /products/:id` of the REST contract. */
export class ProductsClient {
  private readonly pool: Pool;

  /** @param origin where the products service listens */
  constructor(origin: string) {
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
    try {
      const answer = await this.pool.request({ method: 'GET', path: `/products/${id}`, signal });
      if (answer.statusCode === 200) return productSnapshot.parse(await answer.body.json());
      await answer.body.dump();
      return absent(answer);
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
