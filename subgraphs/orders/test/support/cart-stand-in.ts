import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';
import { USER_CHALLENGE, verifyServiceToken } from '@shop/shared/auth/service-identity';

export interface CartLine {
  readonly product_id: number;
  readonly name: string;
  readonly quantity: number;
  readonly price: number;
}

/** How the stand-in behaves: as cart does, or not at all, too slowly, as for a closed checkout or an ended session, or like a stranger. */
type Mood = 'well' | 'away' | 'slow' | 'closed' | 'signed out' | 'broken';

/** Stands in for the cart service's checkout: the same uuid gets the same answer, and a cart is taken once. */
export class CartStandIn {
  mood: Mood = 'well';
  /** The uuids of the checkouts it was asked for, in order. */
  readonly asked: string[] = [];
  /** Called once the cart is taken, before the answer is given; the connection breaks when it throws. */
  beforeAnswer: (uuid: string) => Promise<void> = async () => undefined;
  private readonly carts = new Map<number, CartLine[]>();
  private readonly answers = new Map<string, CartLine[]>();

  private constructor(
    private readonly server: Server,
    private readonly secret: string,
  ) {}

  static async start(secret: string): Promise<CartStandIn> {
    const server = createServer();
    const cart = new CartStandIn(server, secret);
    server.on('request', (request, response) => {
      cart.answer(request, response).catch(() => request.socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return cart;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  fill(userId: number, ...lines: CartLine[]): void {
    this.carts.set(userId, lines);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { order_uuid: uuid, user_id: userId } = JSON.parse(Buffer.concat(chunks).toString());
    this.asked.push(uuid);
    if (this.mood === 'away') return void request.socket.destroy();
    if (this.mood === 'slow') return;
    try {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      verifyServiceToken(token, { secret: this.secret, issuer: 'orders', audience: 'cart' });
    } catch {
      return void response.writeHead(401).end();
    }
    if (subjectOf(request.headers['x-user-authorization']) !== String(userId))
      return void response.writeHead(403).end();
    if (this.mood === 'signed out')
      return void response.writeHead(401, { 'www-authenticate': USER_CHALLENGE }).end('{"error":"invalid token"}');
    if (this.mood === 'closed') return void response.writeHead(409).end('{"error":"the checkout is closed"}');
    if (this.mood === 'broken') return void response.writeHead(200).end('{"items":[{"product_id":"one"}]}');
    const items = this.answers.get(uuid) ?? this.carts.get(userId) ?? [];
    if (!this.answers.has(uuid)) this.carts.delete(userId);
    this.answers.set(uuid, items);
    await this.beforeAnswer(uuid);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ items }));
  }
}

/** Whom a user's token speaks for (RFC 7519, section 4.1.2). */
function subjectOf(header: string | string[] | undefined): string {
  const decoded = jwt.decode(String(header).replace('Bearer ', ''));
  return typeof decoded === 'object' ? (decoded?.sub ?? '') : '';
}
