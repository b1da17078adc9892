import { FakeShop } from './fake-shop.js';
import { FakeSubgraph, type Override } from './fake-subgraph.js';
import { TestGateway } from './test-gateway.js';

const sdl = (name: string) => `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { ${name}: Int } ${name === 'orders' ? 'type Mutation { placeOrder: Int! }' : ''}`;

const names = ['auth', 'products', 'cart', 'orders', 'payments'] as const;
export type FakeName = (typeof names)[number];

/** The shop's services, each of a few lines, behind a gateway that takes them for the shop. */
export class FakeServices {
  private constructor(
    readonly all: readonly FakeSubgraph[],
    readonly gateway: TestGateway,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<FakeServices> {
    const all = await Promise.all(names.map((name) => new FakeSubgraph(name, sdl(name), {}).start()));
    const composed = FakeShop.prototype.compose.call({ subgraphs: all } as unknown as FakeShop);
    return new FakeServices(all, await TestGateway.start(composed, environment));
  }

  get origin(): string {
    return this.gateway.origin;
  }

  service(name: FakeName): FakeSubgraph {
    return this.all[names.indexOf(name)] as FakeSubgraph;
  }

  /** Each service answers so. */
  answer(to: (service: FakeSubgraph) => Override): void {
    for (const service of this.all) service.override = to(service);
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await Promise.all(this.all.map((service) => service.stop()));
  }
}
