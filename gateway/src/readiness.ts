import { request } from 'undici';
import { orderingServices } from '@shop/shared/backing/roster';
import type { Component } from '@shop/shared/lifecycle/system';
import type { CurrentSupergraph } from './current-supergraph.js';
import type { Subgraphs } from './subgraphs.js';

/** `answers`: it is there, but does not say whether it is ready, as a service that is not of this shop. */
export type ServiceState = 'ready' | 'not ready' | 'answers' | 'away' | 'unknown';

const EVERY_MS = { whileWaiting: 100, onceReady: 2_000 } as const;
const ANSWER_WITHIN_MS = 1_000;

/**
 * Whether an order can be placed: true from the moment at which all services that an order needs were ready at once, for as
 * long as this gateway serves. In front of a supergraph that is not the shop's there is nothing to wait for.
 */
export class Readiness implements Component {
  readonly name = 'readiness';
  private states: Record<string, ServiceState> = {};
  private wasReady = false;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly supergraph: CurrentSupergraph,
    private readonly subgraphs: Subgraphs,
  ) {}

  async start(): Promise<void> {
    await this.look();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  get ready(): boolean {
    return this.wasReady;
  }

  /** Each service's state when it was last looked at. */
  get services(): Readonly<Record<string, ServiceState>> {
    return this.states;
  }

  private async look(): Promise<void> {
    const addresses = [...this.supergraph.loaded.addresses.values()];
    const states = await Promise.all(
      addresses.map(async (address) => [address.name, await stateAt(this.subgraphs.urlOf(address))] as const),
    );
    this.states = Object.fromEntries(states);
    if (!this.supergraph.isShop || orderingServices.every((name) => this.states[name] === 'ready'))
      this.wasReady = true;
    if (this.stopped) return;
    const wait = this.wasReady ? EVERY_MS.onceReady : EVERY_MS.whileWaiting;
    this.timer = setTimeout(() => void this.look(), wait);
    this.timer.unref();
  }
}

async function stateAt(url: string): Promise<ServiceState> {
  try {
    const { statusCode, body } = await request(new URL('/readyz', url), {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    await body.dump();
    if (statusCode === 200) return 'ready';
    return statusCode === 503 ? 'not ready' : 'answers';
  } catch {
    return 'away';
  }
}
