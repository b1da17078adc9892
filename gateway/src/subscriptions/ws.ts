import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { context as activeContext } from '@opentelemetry/api';
import { CloseCode, type Context, handleProtocols, makeServer, type OperationResult } from 'graphql-ws';
import { type ExecutionArgs, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError } from '@shop/shared/errors/app-error';
import type { Component } from '@shop/shared/lifecycle/system';
import { withLogFields } from '@shop/shared/logging/log-fields';
import { contextFrom } from '@shop/shared/telemetry/trace-context';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { contextOf } from '../context.js';
import type { Identities, Identity } from '../identity.js';
import { PublicGraphqlError } from '../public-errors.js';
import type { Operations, Outcome } from './operations.js';
import { SocketAdapter } from './socket-adapter.js';

interface Connection {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  identity?: Identity;
}

type ConnectionContext = Context<Record<string, unknown> | undefined, Connection>;

interface WebsocketDoorOptions {
  readonly identities: Identities;
  readonly operations: Operations;
  readonly telemetry: Telemetry;
  /** The largest message, in bytes. */
  readonly bodyLimit: number;
}

const PATH = '/graphql';
const HELLO_WITHIN_MS = 3_000;
const TRY_AGAIN_LATER = 1013;
const GOING_AWAY = 1001;
/** A client that does not answer its close within this time is cut off. */
const FAREWELL_MS = 2_000;

/**
 * graphql-transport-ws on `/graphql` (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md): operations of any
 * kind, in the name of the token that the connection's parameters carry. A bad token closes with 4403, as does one that
 * expires, or whose session ends, later on; no hello in time closes with 4408.
 */
export class WebsocketDoor implements Component {
  readonly name = 'websocket door';
  private readonly sockets: WebSocketServer;

  constructor(private readonly options: WebsocketDoorOptions) {
    this.sockets = new WebSocketServer({ noServer: true, maxPayload: options.bodyLimit, handleProtocols });
    options.telemetry.metrics.gauge(
      { name: 'gateway_websocket_connections', help: 'Websockets of clients that are open now' },
      (gauge) => gauge.set(this.sockets.clients.size),
    );
    const protocol = makeServer<Record<string, unknown> | undefined, Connection>({
      connectionInitWaitTimeout: HELLO_WITHIN_MS,
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
      const closed = protocol.opened(adapter, { socket, request });
      socket.once('close', (code, reason) => void closed(code, String(reason)));
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
      if (request.url?.split('?')[0] !== PATH) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (client) => this.sockets.emit('connection', client, request));
    });
  }

  private async admit({ connectionParams, extra }: ConnectionContext): Promise<boolean> {
    const { authorization, Authorization } = connectionParams ?? {};
    const token = authorization ?? Authorization ?? extra.request.headers.authorization;
    try {
      // What is no string is no token either.
      extra.identity = await this.options.identities.identify(
        token === undefined || token === null ? undefined : String(token),
      );
      this.closeAtEnd(extra.socket, extra.identity);
      return true;
    } catch (error) {
      const refused = error instanceof AppError && error.code === 'UNAUTHENTICATED';
      extra.socket.close(
        refused ? CloseCode.Forbidden : TRY_AGAIN_LATER,
        error instanceof AppError ? error.message : '',
      );
      return false;
    }
  }

  /** Whoever may not go on learns why; the close code tells clients that it is of no use to come back with this token. */
  private closeAtEnd(socket: WebSocket, identity: Identity): void {
    if (socket.readyState !== socket.OPEN) return;
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

  private async run(
    { extra }: ConnectionContext,
    payload: OperationPayload,
  ): Promise<ExecutionArgs | PublicGraphqlError[]> {
    const { identity, request } = extra;
    if (!identity) throw new Error('an operation came before its connection was admitted');
    const { query, operationName, variables } = payload;
    const context = contextOf(identity, request.headers, request.socket.remoteAddress ?? '');
    const operation = { query, operationName: operationName ?? undefined, variables: variables ?? undefined };
    const origin = withLogFields({ request_id: context.requestId }, contextFrom(request.headers));
    const outcome = await activeContext.with(origin, () =>
      this.options.operations.run(operation, context, 'websocket'),
    );
    if (outcome.kind === 'refused') return outcome.errors.map((error) => new PublicGraphqlError(error));
    return handThrough(outcome);
  }
}

interface OperationPayload {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
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
