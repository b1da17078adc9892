import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What cart said to a checkout. */
export interface CartAnswer {
  readonly status: number;
  readonly body: string;
}

/** A checkout on its way from orders to cart; it waits until somebody answers it. */
export interface HeldCheckout {
  readonly body: string;
  readonly authorization: string;
  readonly answer: (answer: CartAnswer) => void;
}

/** Stands between orders and cart: every call of orders is held here until somebody has it answered. */
export class CartGate {
  private onCheckout: ((checkout: HeldCheckout) => void) | undefined;

  private constructor(private readonly server: Server) {}

  static async open(): Promise<CartGate> {
    const server = createServer();
    const gate = new CartGate(server);
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { onCheckout } = gate;
        // Nobody waits for it any more: its caller has crashed.
        if (!onCheckout) return void request.socket.destroy();
        gate.onCheckout = undefined;
        const answer = (given: CartAnswer) =>
          void response.writeHead(given.status, { 'content-type': 'application/json' }).end(given.body);
        onCheckout({ body, authorization: request.headers.authorization ?? '', answer });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Holds the next call. */
  next(): Promise<HeldCheckout> {
    return new Promise((resolve) => (this.onCheckout = resolve));
  }

  /** Breaks off the next call instead. */
  forget(): void {
    this.onCheckout = undefined;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
