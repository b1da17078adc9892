import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, type GraphQLSchema, parse } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';

type Resolvers = NonNullable<Parameters<typeof buildSubgraphSchema>[0]>;

/** Answers a request in place of the schema. */
export type Override = (request: IncomingMessage, response: ServerResponse) => void;

/** A subgraph of a few lines, over HTTP and graphql-transport-ws, that can be stopped, broken and looked into. */
export class FakeSubgraph {
  /** The headers of each HTTP request, and the payload of each subscription, in order. */
  readonly requests: IncomingHttpHeaders[] = [];
  readonly subscriptions: SubscribePayload[] = [];
  readonly connections: (Record<string, unknown> | undefined)[] = [];
  /** The headers of each request for a websocket. */
  readonly upgrades: IncomingHttpHeaders[] = [];
  override: Override | null = null;
  /** What `/readyz` says. */
  readyStatus = 200;
  private readonly schema: GraphQLSchema;
  private server: Server | null = null;
  private sockets: WebSocketServer | null = null;
  private port = 0;

  constructor(
    readonly name: string,
    readonly sdl: string,
    resolvers: object,
  ) {
    this.schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers } as Resolvers);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/graphql`;
  }

  /** How many websockets are open now. */
  get openSockets(): number {
    return this.sockets?.clients.size ?? 0;
  }

  /** Listens; after a stop, on the same port again. */
  async start(): Promise<this> {
    const server = createServer((request, response) => void this.answer(request, response));
    const sockets = new WebSocketServer({ server, path: '/graphql' });
    useServer(
      {
        schema: this.schema,
        onConnect: ({ connectionParams }) => void this.connections.push(connectionParams),
        onSubscribe: (_context, _id, payload) => void this.subscriptions.push(payload),
        context: (_context, _id, payload) => ({ authorization: payload.extensions?.['authorization'] }),
      },
      sockets,
    );
    server.on('upgrade', ({ headers }) => this.upgrades.push(headers));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    this.sockets = sockets;
    return this;
  }

  /** Cuts every websocket, with a close code or (null) without a word. */
  breakSockets(code: number | null = null): void {
    this.sockets?.clients.forEach((socket: WebSocket) => (code === null ? socket.terminate() : socket.close(code)));
  }

  /** From now on a client that closes its websocket waits for an answer; `asked` says how many do, until they are let go. */
  holdCloses(): { readonly asked: () => number; letGo(): void } {
    const held: (() => void)[] = [];
    this.sockets?.clients.forEach((socket: WebSocket) => {
      const close = socket.close.bind(socket);
      socket.close = (code, reason) => void held.push(() => close(code, reason));
    });
    return { asked: () => held.length, letGo: () => held.splice(0).forEach((close) => close()) };
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = null;
    this.breakSockets();
    this.sockets?.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/readyz') return void response.writeHead(this.readyStatus).end();
    this.requests.push(request.headers);
    if (this.override) return this.override(request, response);
    const { query, variables, operationName } = JSON.parse(await text(request));
    const contextValue = { authorization: request.headers.authorization };
    const result = await graphql({
      schema: this.schema,
      source: query,
      variableValues: variables,
      operationName,
      contextValue,
    });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  }
}
