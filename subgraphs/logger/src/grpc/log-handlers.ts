import grpc from '@grpc/grpc-js';
import { SpanKind } from '@opentelemetry/api';
import { AppError, badInput, type ErrorCode } from '@shop/shared/errors/app-error';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { contextFrom } from '@shop/shared/telemetry/trace-context';
import { receivedFrom } from './grpc-entry.js';
import type { LogEntryMessage, LogReply } from './proto.js';
import type { IngestGuard } from '../ingest-token.js';
import { ANSWER_WITHIN_MS } from '../received-entry.js';
import type { KeepEntry } from '../use-cases/keep-entry.js';

interface LogHandlersOptions {
  readonly keepEntry: KeepEntry;
  readonly guard: IngestGuard;
  readonly telemetry: Pick<Telemetry, 'logger' | 'tracing' | 'metrics'>;
}

/** Entries of one stream that wait to be kept, at most: then the client waits, too. */
const IN_HAND = 500;

/** What the server does for the two calls of the proto. */
export function logHandlers(options: LogHandlersOptions): grpc.UntypedServiceImplementation {
  const log: grpc.handleUnaryCall<LogEntryMessage, LogReply> = (call, callback) => {
    answer('Log', call, callback, options, async () => {
      await options.keepEntry.run(receivedFrom(call.request), { withinMs: ANSWER_WITHIN_MS });
      return 1;
    });
  };
  const logStream: grpc.handleClientStreamingCall<LogEntryMessage, LogReply> = (call, callback) => {
    answer('LogStream', call, callback, options, () => takeAll(call, options.keepEntry));
  };
  const durations = durationsOf(options);
  for (const method of ['Log', 'LogStream']) durations.zero({ method, code: 'OK' });
  return { Log: log, LogStream: logStream };
}

/** How many entries the stream brought. Throws at the first that can't be taken, once those before it are kept. */
async function takeAll(entries: AsyncIterable<LogEntryMessage>, keepEntry: KeepEntry): Promise<number> {
  let count = 0;
  let inHand: Promise<void>[] = [];
  try {
    for await (const entry of entries) {
      const kept = keepEntry.run(received(entry, count + 1), { withinMs: ANSWER_WITHIN_MS });
      // It is looked at later, and nobody's mistake until then.
      kept.catch(() => undefined);
      inHand.push(kept);
      count += 1;
      if (inHand.length < IN_HAND) continue;
      await Promise.all(inHand);
      inHand = [];
    }
  } finally {
    await Promise.all(inHand);
  }
  return count;
}

function received(entry: LogEntryMessage, number: number) {
  try {
    return receivedFrom(entry);
  } catch (error) {
    throw error instanceof AppError ? badInput(`entry ${number}: ${error.message}`) : error;
  }
}

/** One histogram, however often it is asked for. */
const durationsOf = ({ telemetry: { metrics } }: LogHandlersOptions) =>
  metrics.histogram({
    name: 'rpc_server_duration_seconds',
    help: 'gRPC calls that ended, by their status',
    labels: ['method', 'code'],
  });

/** As in the proto. */
const SERVICE = 'shop.logger.v1.Logger';

type Call = grpc.ServerUnaryCall<LogEntryMessage, LogReply> | grpc.ServerReadableStream<LogEntryMessage, LogReply>;

/** Does the work of a call and answers it, unless the caller has given up or its deadline has come: then nobody listens. */
function answer(
  method: string,
  call: Call,
  callback: grpc.sendUnaryData<LogReply>,
  options: LogHandlersOptions,
  work: () => Promise<number>,
): void {
  const { guard, telemetry } = options;
  const { logger, tracing } = telemetry;
  const end = durationsOf(options).startTimer({ method });
  const endWith = (code: grpc.status) => end({ code: grpc.status[call.cancelled ? grpc.status.CANCELLED : code] });
  const run = async () => {
    guard(call.metadata.get('authorization').at(0)?.toString());
    return { accepted: await work() };
  };
  const attributes = { 'rpc.system': 'grpc', 'rpc.service': SERVICE, 'rpc.method': method };
  const parent = contextFrom(call.metadata.getMap());
  tracing.inSpan(`${SERVICE}/${method}`, { kind: SpanKind.SERVER, attributes, parent }, run).then(
    (reply) => {
      endWith(grpc.status.OK);
      if (!call.cancelled) callback(null, reply);
    },
    (error: unknown) => {
      const status = statusOf(error);
      endWith(status.code);
      if (call.cancelled) return;
      if (!(error instanceof AppError)) logger.error({ err: error }, 'gRPC call failed');
      callback(status);
    },
  );
}

const codes: Partial<Record<ErrorCode, grpc.status>> = {
  UNAUTHENTICATED: grpc.status.UNAUTHENTICATED,
  BAD_USER_INPUT: grpc.status.INVALID_ARGUMENT,
  SUBGRAPH_UNAVAILABLE: grpc.status.UNAVAILABLE,
};

/** What a client sees of an error: nothing of the inside. */
function statusOf(error: unknown): { code: grpc.status; details: string } {
  const code = error instanceof AppError ? codes[error.code] : undefined;
  if (code === undefined || !(error instanceof AppError))
    return { code: grpc.status.INTERNAL, details: 'internal error' };
  return { code, details: error.message };
}
