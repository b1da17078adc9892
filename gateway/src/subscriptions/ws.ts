import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { context as activeContext } from '@opentelemetry/api';
import { CloseCode, type Context, handleProtocols, makeServer, type OperationResult } from 'graphql-ws';
import { type ExecutionArgs, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError, type ErrorCode, forbidden, notFound, unavailable } from '@shop/shared/errors/app-error';
import { refuseUpgrade } from '@shop/shared/http/server-options';
import { type Origin, originOf, trustedProxy } from '@shop/shared/http/trusted-proxy';
import type { Component } from '@shop/shared/lifecycle/system';
import { withLogFields } from '@shop/shared/logging/log-fields';
import { requestIdOf } from '@shop/shared/http/request-id';
import { contextFrom } from '@shop/shared/telemetry/trace-context';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { clientKey } from '../client-key.js';
import { contextOf } from '../context.js';
import type { Identities, Identity } from '../identity.js';
import type { OpenConnections } from '../open-connections.js';
import { errorOf, PublicGraphqlError, toPublicError } from '../public-errors.js';
import type { RequestRate } from '../request-rate.js';
import { readOperationRequest, type SentOperation } from './operation-request.js';
import type { Operations, Outcome } from './operations.js';
import { SocketAdapter } from './socket-adapter.js';
import { UnderWay } from './under-way.js';
import { mayUpgrade } from './upgrade-origin.js';

interface Connection {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly underWay: UnderWay;
  identity?: Identity;
}

type ConnectionContext = Context<Record<string, unknown> | undefined, Connection>;

interface WebsocketDoorOptions {
  readonly identities: Identities;
  readonly rate: RequestRate;
  readonly connections: OpenConnections;
  /** The operations of one socket that may be under way at once. */
  readonly streamsPerConnection: number;
  /** Pages from elsewhere that may open a websocket here: their origins, or `*`. */
  readonly corsOrigins: readonly string[];
  /** What stands in front of the gateway, and is believed where a request came from. */
  readonly trustedProxies: string;
  readonly operations: Operations;
  readonly telemetry: Telemetry;
  /** The largest message, in bytes. */
  readonly bodyLimit: number;
  readonly helloTimeoutMs: number;
}

const PATH = '/graphql';
const TRY_AGAIN_LATER = 1013;
/** The protocol has 4429 for a client that says hello too often; here it is one that is there too often. */
const closeCodes: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: CloseCode.Forbidden,
  RATE_LIMITED: CloseCode.TooManyInitialisationRequests,
};
const GOING_AWAY = 1001;
/** A client that does not answer its close within this time is cut off. */
const FAREWELL_MS = 2_000;

/**
 * graphql-transport-ws on `/graphql` (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md): operations of any
 * kind, in the name of the token that the connection's parameters carry. A bad token closes with 4403, as does one that
 * expires, or whose session ends, later on; no hello in time closes with 4408; one connection too many, or one of a client
 * that asks too often, with 4429. A page from elsewhere is refused, and an address that comes too often (429).
 */
export class WebsocketDoor implements Component {
  readonly name = 'websocket door';
  private readonly sockets: WebSocketServer;
  private readonly originOf: (request: IncomingMessage) => Origin;

  constructor(private readonly options: WebsocketDoorOptions) {
    const proxies = trustedProxy(options.trustedProxies);
    this.originOf = (request) => originOf(request, proxies);
    this.sockets = new WebSocketServer({ noServer: true, maxPayload: options.bodyLimit, handleProtocols });
    options.telemetry.metrics.gauge(
      { name: 'gateway_websocket_connections', help: 'Websockets of clients that are open now' },
      (gauge) => gauge.set(this.sockets.clients.size),
    );
    const protocol = makeServer<Record<string, unknown> | undefined, Connection>({
      connectionInitWaitTimeout: options.helloTimeoutMs,
      onConnect: (context) => this.admit(context),
      onSubscribe: (context, _id, payload) => this.run(context, payload),
      // What ran is handed through as the context value.
      execute: outcomeOf,
      subscribe: outcomeOf,
      onNext: (_context, _id, _payload, _args, result) => result,
    });
    this.sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
      const adapter = new SocketAdapter(socket, (error) =>
        options.telemetry.logger.error({ err: error }, 'websocket failed'),
      );
      const underWay = new UnderWay();
      const closed = protocol.opened(adapter, { socket, request, underWay });
      socket.once('close', (code, reason) => {
        underWay.close();
        void closed(code, String(reason));
      });
    });
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    for (const socket of this.sockets.clients) socket.close(GOING_AWAY, 'going away');
    this.sockets.close();
  }

  /** Cuts off clients that did not answer the close in time. */
  terminate(): void {
    for (const socket of this.sockets.clients) socket.terminate();
  }

  /** Takes the upgrade requests of an HTTP server. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.upgrade(request, socket, head);
    });
  }

  /** Each counts as a request of its address: who it is is only said on the websocket. */
  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Nobody else listens to it meanwhile: an error of it would end the process.
    const cutOff = () => socket.destroy();
    socket.on('error', cutOff);
    try {
      await this.mayCome(request);
    } catch (error) {
      return refuseUpgrade(socket, error instanceof AppError ? error : unavailable('try again later', error));
    }
    socket.off('error', cutOff);
    this.sockets.handleUpgrade(request, socket, head, (client) => this.sockets.emit('connection', client, request));
  }

  private async mayCome(request: IncomingMessage): Promise<void> {
    const { address, host } = this.originOf(request);
    await this.options.rate.count(null, address);
    if (request.url?.split('?')[0] !== PATH) throw notFound('websockets are at /graphql');
    if (!mayUpgrade(request.headers.origin, host, this.options.corsOrigins))
      throw forbidden('a page from elsewhere may not open a websocket here');
  }

  private async admit({ connectionParams, extra }: ConnectionContext): Promise<boolean> {
    const { authorization, Authorization } = connectionParams ?? {};
    const token = authorization ?? Authorization ?? extra.request.headers.authorization;
    try {
      // What is no string is no token, but not nobody either.
      const header = token === undefined || token === null ? undefined : typeof token === 'string' ? token : '';
      const { address } = this.originOf(extra.request);
      const identity = await this.options.rate.identify(header, address);
      if (extra.socket.readyState !== extra.socket.OPEN) return false;
      extra.socket.once('close', this.options.connections.take(clientKey(identity.caller, address)));
      extra.identity = identity;
      this.closeAtEnd(extra.socket, identity);
      return true;
    } catch (error) {
      const code = error instanceof AppError ? closeCodes[error.code] : undefined;
      extra.socket.close(code ?? TRY_AGAIN_LATER, error instanceof AppError ? error.message : '');
      return false;
    }
  }

  /** Whoever may not go on learns why; the close code tells clients that it is of no use to come back with this token. */
  private closeAtEnd(socket: WebSocket, identity: Identity): void {
    let overdue: NodeJS.Timeout | undefined;
    const stopWaiting = this.options.identities.onEnd(identity, ({ message }) => {
      socket.close(CloseCode.Forbidden, message);
      overdue = setTimeout(() => socket.terminate(), FAREWELL_MS);
    });
    socket.once('close', () => {
      stopWaiting();
      clearTimeout(overdue);
    });
  }

  private async run({ extra }: ConnectionContext, payload: object): Promise<ExecutionArgs | PublicGraphqlError[]> {
    const { identity, request, underWay } = extra;
    if (!identity) throw new Error('an operation came before its connection was admitted');
    const { rate, streamsPerConnection: most } = this.options;
    const context = contextOf(identity, requestIdOf(request.headers['x-request-id']), this.originOf(request).address);
    let operation: SentOperation;
    try {
      await rate.count(identity.caller, context.clientAddress);
      operation = readOperationRequest(payload);
    } catch (error) {
      return [new PublicGraphqlError(toPublicError(error))];
    }
    const origin = withLogFields({ request_id: context.requestId }, contextFrom(request.headers));
    if (underWay.count >= most)
      return [new PublicGraphqlError(errorOf('RATE_LIMITED', `one connection may have ${most} operations under way`))];
    const outcome = await underWay.run(() =>
      activeContext.with(origin, () => this.options.operations.run(operation, context, 'websocket')),
    );
    if (outcome.kind === 'refused') return outcome.errors.map((error) => new PublicGraphqlError(error));
    return handThrough(outcome);
  }
}

const anyQuery = parse('{ __typename }');
const anySubscription = parse('subscription { __typename }');

/** graphql-ws looks at the operation's kind only, to know whether `execute` or `subscribe` has it. */
function handThrough(outcome: Outcome): ExecutionArgs {
  const schema = null as unknown as GraphQLSchema;
  return { schema, document: outcome.kind === 'stream' ? anySubscription : anyQuery, contextValue: outcome };
}

function outcomeOf({ contextValue }: ExecutionArgs): OperationResult {
  const outcome = contextValue as Outcome;
  switch (outcome.kind) {
    case 'stream':
      return outcome.answers as AsyncGenerator<ExecutionResult>;
    case 'result':
      return outcome.result;
    case 'refused':
      return { errors: outcome.errors.map((error) => new PublicGraphqlError(error)) };
  }
}
