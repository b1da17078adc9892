import type { Component } from '@shop/shared/lifecycle/system';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import type { GatewayConfig } from './config.js';
import type { GatewayContext } from './context.js';
import type { Ask } from './execution/subgraph-request.js';
import type { Proof } from './gateway-proof.js';
import { SubgraphClient } from './subgraph-client.js';

export interface SubgraphAddress {
  readonly name: string;
  readonly url?: string | undefined;
}

/** The clients of all subgraphs, and where each subgraph is. */
export class Subgraphs implements Component {
  readonly name = 'subgraph clients';
  private readonly clients = new Map<string, SubgraphClient>();
  private readonly retired: SubgraphClient[] = [];

  constructor(
    private readonly config: Pick<GatewayConfig, 'subgraphOrigins' | 'subgraphTimeoutMs' | 'answerLimit'>,
    private readonly proof: Proof,
    private readonly telemetry: Telemetry,
  ) {}

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    await Promise.all([...this.clients.values(), ...this.retired].map((client) => client.close()));
  }

  /** A subgraph's GraphQL address: the supergraph's routing url, moved to the configured origin if there is one. */
  urlOf({ name, url }: SubgraphAddress): string {
    if (!url) throw new Error(`the supergraph has no routing url for the subgraph "${name}"`);
    const origin = this.config.subgraphOrigins.get(name);
    const { pathname, search } = new URL(url);
    return origin ? `${origin}${pathname}${search}` : url;
  }

  /** Called for each subgraph that is new, or whose routing url changed. */
  connect(address: SubgraphAddress): void {
    const previous = this.clients.get(address.name);
    // Operations that were planned before may still use it, so it is closed with the rest.
    if (previous) this.retired.push(previous);
    const { subgraphTimeoutMs: timeoutMs, answerLimit: mostBytes } = this.config;
    const { proof, telemetry } = this;
    const options = { timeoutMs, mostBytes, proof, telemetry };
    const client = new SubgraphClient(address.name, this.urlOf(address), options);
    this.clients.set(address.name, client);
  }

  /** How an operation's plan asks the subgraphs, with the identity of whoever it is for. */
  askedFor(context: GatewayContext): Ask {
    return async (request) => {
      const { serviceName } = request.fetch;
      const client = this.clients.get(serviceName);
      if (!client) throw new Error(`Couldn't find service with name "${serviceName}"`);
      return await client.ask(request, context);
    };
  }
}
