import type { Component } from '@shop/shared/lifecycle/system';
import type { Proof } from '../gateway-proof.js';
import { UpstreamSocket } from './upstream-socket.js';

/**
 * The websockets to the subgraphs: one for each subgraph, for identity travels with each operation. Where tokens are not
 * ours to verify, subgraphs may want theirs when the connection is made, and then a socket never serves two identities.
 */
export class UpstreamPool implements Component {
  readonly name = 'upstream sockets';
  private readonly sockets = new Map<string, UpstreamSocket>();

  constructor(
    private readonly socketPerIdentity: boolean,
    private readonly proof: Proof,
  ) {}

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    for (const socket of this.sockets.values()) socket.close();
    this.sockets.clear();
  }

  /** How many there are. */
  get size(): number {
    return this.sockets.size;
  }

  /** The socket to a subgraph, by its http(s) address. */
  socketTo(subgraph: string, url: string, authorization: string | null): UpstreamSocket {
    const identity = this.socketPerIdentity ? authorization : null;
    const key = JSON.stringify([url, identity]);
    const known = this.sockets.get(key);
    if (known) return known;
    const socket: UpstreamSocket = new UpstreamSocket(
      url.replace(/^http/, 'ws'),
      () => this.proof(subgraph),
      identity === null ? undefined : { authorization: identity },
      // Of made-up identities there is no end.
      () => this.sockets.get(key) === socket && this.sockets.delete(key),
    );
    this.sockets.set(key, socket);
    return socket;
  }
}
