import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { LoggerService } from './logger-service.js';
import { eventually } from '../../../tests/support/eventually.js';
import { OtlpReceiver } from '../../../tests/support/otlp-receiver.js';
import { Scrape } from '../../../tests/support/scrape.js';

/** As any client would have it: from the file alone. */
const proto = protoLoader.loadSync(fileURLToPath(new URL('../src/grpc/logger.proto', import.meta.url)), {
  keepCase: true,
});
const ClientClass = grpc.makeGenericClientConstructor(proto['shop.logger.v1.Logger'] as grpc.ServiceDefinition, '');

interface Reply {
  readonly accepted: number;
}
type Done = (error: grpc.ServiceError | null, reply?: Reply) => void;
interface Call {
  readonly token?: string;
  readonly traceparent?: string;
  readonly deadline?: Date;
}

let service: LoggerService;
let client: grpc.Client;
const start = async (settings: Record<string, string> = {}) => {
  service = await LoggerService.start(settings);
  client = new ClientClass(service.grpcAddress, grpc.credentials.createInsecure());
};
afterEach(async () => {
  client?.close();
  await service?.stop();
});

function metadataOf({ token, traceparent }: Call): grpc.Metadata {
  const metadata = new grpc.Metadata();
  if (token !== undefined) metadata.set('authorization', token);
  if (traceparent !== undefined) metadata.set('traceparent', traceparent);
  return metadata;
}

/** The client's methods are made from the proto at run time. */
function method<Method extends (...parameters: never[]) => unknown>(name: string): Method {
  const found: unknown = Reflect.get(client, name);
  if (typeof found !== 'function') throw new Error(`the proto has no ${name}`);
  return found.bind(client) as Method;
}

/** The reply, or the code and the details of the error. */
function log(entry: object, call: Call = {}): Promise<Reply | [grpc.status, string]> {
  return new Promise((resolve) => {
    const done: Done = (error, reply) => resolve(error ? [error.code, error.details] : (reply as Reply));
    const unary = method<(entry: object, metadata: grpc.Metadata, options: Call, done: Done) => void>('Log');
    unary(entry, metadataOf(call), call.deadline ? { deadline: call.deadline } : {}, done);
  });
}

function openStream(call: Call = {}) {
  let done: Done = () => undefined;
  const answer = new Promise<Reply | [grpc.status, string]>((resolve) => {
    done = (error, reply) => resolve(error ? [error.code, error.details] : (reply as Reply));
  });
  type Open = (metadata: grpc.Metadata, options: Call, done: Done) => grpc.ClientWritableStream<object>;
  const options = call.deadline ? { deadline: call.deadline } : {};
  const stream = method<Open>('LogStream')(metadataOf(call), options, (error, reply) => done(error, reply));
  stream.on('error', () => undefined);
  return { stream, answer };
}

const { UNAUTHENTICATED, UNAVAILABLE, INVALID_ARGUMENT, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED } = grpc.status;

describe('Log', () => {
  it('keeps an entry, with defaults for what it does not say', async () => {
    await start();
    expect(await log({ message: 'hello' })).toEqual({ accepted: 1 });
    const [entry] = await service.entries();
    expect(entry).toMatchObject({ level: 'INFO', service: 'unknown', message: 'hello', traceId: null, fields: null });

    const whole = { level: 'Warning', service: 'shelf', message: 'empty', timestamp: '2026-01-02T03:04:05.678Z' };
    expect(await log({ ...whole, trace_id: 'abc', fields: { shelf: '12' } })).toEqual({ accepted: 1 });
    expect(await service.entries({ service: 'shelf' })).toMatchObject([
      { level: 'WARN', message: 'empty', timestamp: whole.timestamp, traceId: 'abc', fields: { shelf: '12' } },
    ]);
  });

  it('refuses what is no entry, with a sentence', async () => {
    await start();
    expect(await log({})).toEqual([INVALID_ARGUMENT, 'message is required']);
    expect(await log({ message: 'a', level: 'loud' })).toEqual([
      INVALID_ARGUMENT,
      'level must be debug, info, warn or error',
    ]);
    expect(await log({ message: 'a', timestamp: 'yesterday' })).toEqual([
      INVALID_ARGUMENT,
      'the time must be as ISO 8601 writes it, such as 2026-01-02T03:04:05.678Z',
    ]);
    expect(await log({ message: 'x'.repeat(1_100_000) })).toEqual([RESOURCE_EXHAUSTED, expect.any(String)]);
    expect(await service.count()).toBe(0);
  });

  it('asks for the token when there is one', async () => {
    await start({ INGEST_TOKEN: 'a-token' });
    const entry = { message: 'a' };
    expect(await log(entry)).toEqual([UNAUTHENTICATED, 'missing authorization header']);
    expect(await log(entry, { token: 'Bearer another' })).toEqual([UNAUTHENTICATED, 'invalid token']);
    expect(await log(entry, { token: 'a-token' })).toEqual([UNAUTHENTICATED, 'invalid authorization header']);
    const { stream, answer } = openStream();
    stream.write(entry);
    expect(await answer).toEqual([UNAUTHENTICATED, 'missing authorization header']);
    expect(await log(entry, { token: 'Bearer a-token' })).toEqual({ accepted: 1 });
    expect(await service.count()).toBe(1);
  });

  it('ends at the deadline of the call, and soon when the entry is not kept', async () => {
    await start();
    // The table is locked, so that the entry can't be kept in time.
    const holder = await service.sql.connect();
    await holder.query('begin; lock table log_entries in access exclusive mode');
    const late = await log({ message: 'late' }, { deadline: new Date(Date.now() + 300) });
    expect(late).toEqual([DEADLINE_EXCEEDED, expect.any(String)]);
    const notKept = [UNAVAILABLE, 'the entry can not be kept now: bring it again later'];
    expect(await log({ message: 'unkept' })).toEqual(notKept);
    const { stream, answer } = openStream();
    stream.end({ message: 'unkept' });
    expect(await answer).toEqual(notKept);
    await holder.query('commit');
    holder.release();
    expect(await log({ message: 'in time' }, { deadline: new Date(Date.now() + 20_000) })).toEqual({ accepted: 1 });
  });
});

describe('LogStream', () => {
  it('keeps all of a stream and says how many', async () => {
    await start();
    const { stream, answer } = openStream();
    for (let n = 0; n < 2_000; n += 1) stream.write({ service: 'stream', message: `entry ${n}` });
    stream.end();
    expect(await answer).toEqual({ accepted: 2_000 });
    expect(await service.count(`service = 'stream'`)).toBe(2_000);
  });

  it('keeps nothing of a stream without entries', async () => {
    await start();
    const { stream, answer } = openStream();
    stream.end();
    expect(await answer).toEqual({ accepted: 0 });
  });

  it('ends at the first entry that is none, says which, and keeps those before it', async () => {
    await start();
    const { stream, answer } = openStream();
    for (const message of ['a', 'b', '', 'd']) stream.write({ message });
    expect(await answer).toEqual([INVALID_ARGUMENT, 'entry 3: message is required']);
    expect((await service.entries()).map(({ message }) => message).toSorted()).toEqual(['a', 'b']);
  });

  it('ends at its deadline, or when its client goes, and keeps what came', async () => {
    await start();
    const late = openStream({ deadline: new Date(Date.now() + 500) });
    late.stream.write({ service: 'late', message: 'a' });
    expect(await late.answer).toEqual([DEADLINE_EXCEEDED, expect.any(String)]);
    const gone = openStream();
    gone.stream.write({ service: 'gone', message: 'a' });
    await eventually(async () => expect(await service.count(`service = 'gone'`)).toBe(1));
    gone.stream.cancel();
    expect(await gone.answer).toEqual([grpc.status.CANCELLED, expect.any(String)]);
    expect(await service.count(`service = 'late'`)).toBe(1);
    expect(await log({ message: 'still here' })).toEqual({ accepted: 1 });
  });
});

it('a call is measured by its status, and a span of the trace that it came with', async () => {
  const receiver = await OtlpReceiver.start();
  try {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    expect(await log({ message: 'a' }, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` })).toEqual({ accepted: 1 });
    await log({});
    const seen = await Scrape.of(service.url);
    const calls = (code: string) => seen.value('rpc_server_duration_seconds_count', { method: 'Log', code });
    expect([calls('OK'), calls('INVALID_ARGUMENT')]).toEqual([1, 1]);
    await service.stopProcesses();
    expect(receiver.trace(traceId)).toContainEqual(
      expect.objectContaining({
        name: 'shop.logger.v1.Logger/Log',
        ...{ service: 'logger', kind: 'SERVER', parentSpanId: '00f067aa0ba902b7', failed: false },
        attributes: expect.objectContaining({ 'rpc.system': 'grpc', 'rpc.method': 'Log' }),
      }),
    );
  } finally {
    await receiver.stop();
  }
});

it('server reflection says what there is, in both of its versions', async () => {
  await start();
  for (const version of ['v1', 'v1alpha']) {
    const answers: string[] = [];
    const call = client.makeBidiStreamRequest(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      (request: Buffer) => request,
      (answer: Buffer) => answer.toString('latin1'),
    );
    call.on('data', (answer: string) => answers.push(answer));
    // ServerReflectionRequest: list_services (field 7), file_containing_symbol (field 4).
    call.write(Buffer.from([0x3a, 1, 0x2a]));
    const symbol = Buffer.from('shop.logger.v1.Logger');
    call.write(Buffer.concat([Buffer.from([0x22, symbol.length]), symbol]));
    await eventually(() => expect(answers).toHaveLength(2));
    call.end();
    expect(answers[0]).toContain('shop.logger.v1.Logger');
    for (const name of ['LogEntry', 'LogStream', 'LogReply', 'trace_id']) expect(answers[1]).toContain(name);
  }
});
