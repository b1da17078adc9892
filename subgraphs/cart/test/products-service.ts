import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AProduct } from './a-product.js';

/** Stands in for the products service: `GET /products/:id`, and the trouble that a test chooses. */
export class ProductsService {
  readonly asked: string[] = [];
  private readonly products = new Map<string, AProduct>();
  private trouble: 'none' | 'silent' | number = 'none';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ProductsService> {
    const server = createServer();
    const service = new ProductsService(server);
    server.on('request', (request, response) => {
      service.asked.push(request.url ?? '');
      if (service.trouble === 'silent') return;
      const product = service.products.get(request.url ?? '');
      const status = service.trouble === 'none' ? (product ? 200 : 404) : service.trouble;
      const times = { created_at: new Date(0).toISOString(), updated_at: new Date(0).toISOString() };
      const body = status === 200 ? { ...product, ...times } : { error: 'not found' };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  has(product: AProduct): void {
    this.products.set(`/products/${product.id}`, product);
  }

  /** From now on: answers with a status, says nothing at all, or is well. */
  behave(trouble: 'none' | 'silent' | number): void {
    this.trouble = trouble;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
