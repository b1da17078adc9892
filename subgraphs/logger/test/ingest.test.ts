import { ConfigError } from '@shop/shared/config/read-config';
import { readLoggerConfig } from '@shop/logger/config';
import { LoggerService } from './logger-service.js';
import { testSettings } from '../../../tests/support/test-environment.js';

const answerOf = async (response: Promise<Response>) => {
  const { status, ...answer } = await response;
  return [status, await (await response).json(), answer] as const;
};

describe('POST /ingest', () => {
  let service: LoggerService;
  afterEach(() => service.stop());

  it('takes an entry, with defaults for what it does not say', async () => {
    service = await LoggerService.start();
    const before = Date.now();
    const [status, body] = await answerOf(service.ingest({ message: 'hello' }));
    expect([status, body]).toEqual([202, { status: 'accepted' }]);
    const [entry] = await service.entries();
    expect(entry).toMatchObject({ level: 'INFO', service: 'unknown', message: 'hello', traceId: null, fields: null });
    expect(Date.parse(entry?.timestamp ?? '')).toBeGreaterThanOrEqual(before);

    const whole = { level: 'error', service: 'shelf', message: 'empty', timestamp: '2026-01-02T03:04:05.678+07:00' };
    const rest = { trace_id: 'abc', fields: { shelf: 12, deep: { list: [1, null] } } };
    expect((await service.ingest({ ...whole, ...rest })).status).toBe(202);
    expect(await service.entries({ service: 'shelf' })).toMatchObject([
      {
        ...{ level: 'ERROR', message: 'empty', timestamp: '2026-01-01T20:04:05.678Z' },
        ...{ traceId: 'abc', fields: rest.fields },
      },
    ]);
  });

  it.each(['', null])('takes %j for what is not said', async (nothing) => {
    service = await LoggerService.start();
    const entry = { message: 'hello', level: nothing, timestamp: nothing, service: nothing, trace_id: nothing };
    const before = Date.now();
    expect((await service.ingest(entry)).status).toBe(202);
    const [kept] = await service.entries();
    expect(kept).toMatchObject({ level: 'INFO', service: 'unknown', message: 'hello', traceId: null });
    expect(Date.parse(kept?.timestamp ?? '')).toBeGreaterThanOrEqual(before);
  });

  it('takes what nothing can keep as it is, and says so where it is cut', async () => {
    service = await LoggerService.start();
    const odd =
      '{"message":"a\\u0000b\\ud800","service":"s\\u0000","trace_id":"\\u0000","fields":{"k\\u0000":"v\\u0000"}}';
    expect((await service.ingest(odd)).status).toBe(202);
    expect((await service.ingest({ message: 'x'.repeat(10_000), service: 'long' })).status).toBe(202);
    const [long, kept] = await service.entries();
    expect(kept).toMatchObject({ message: 'a\ufffdb\ufffd', service: 's\ufffd', traceId: '\ufffd' });
    expect(kept?.fields).toEqual({ 'k\ufffd': 'v\ufffd' });
    expect(long?.message).toBe(`${'x'.repeat(8_192)}… [+1808]`);
  });

  it('refuses, with a sentence, what is no entry', async () => {
    service = await LoggerService.start();
    const bad = [
      {},
      { message: '' },
      { message: 1 },
      { message: 'a', level: 'loud' },
      { message: 'a', level: 3 },
      { message: 'a', timestamp: 'yesterday' },
      { message: 'a', timestamp: 0 },
      { message: 'a', fields: 'x' },
      { message: 'a', service: {} },
      [],
      'nonsense',
      'null',
    ];
    for (const body of bad) {
      const [status, answer] = await answerOf(service.ingest(body));
      expect([body, status, answer]).toEqual([body, 400, { error: expect.stringMatching(/^[^{}]{5,120}$/) }]);
    }
    const [, answer] = await answerOf(service.ingest({ message: 'a', level: 'loud' }));
    expect(answer).toEqual({ error: expect.stringContaining('level') });
    expect(await service.count()).toBe(0);
  });

  it('says soon that an entry is not kept, while the database does not take it', async () => {
    service = await LoggerService.start();
    const holder = await service.sql.connect();
    await holder.query('begin; lock table log_entries in access exclusive mode');
    const [status, body] = await answerOf(service.ingest({ message: 'a' }));
    await holder.query('commit');
    holder.release();
    expect([status, body]).toEqual([503, { error: 'the entry can not be kept now: bring it again later' }]);
    expect((await service.ingest({ message: 'b' })).status).toBe(202);
  });

  it('asks for the token when there is one, before anything else', async () => {
    service = await LoggerService.start({ INGEST_TOKEN: 'a-token' });
    const refused = [
      [{}, 'missing authorization header'],
      [{ authorization: 'a-token' }, 'invalid authorization header'],
      [{ authorization: 'Bearer another' }, 'invalid token'],
      [{ authorization: `Bearer ${service.admin}` }, 'invalid token'],
    ] as const;
    for (const [headers, error] of refused) {
      const [status, body] = await answerOf(service.ingest('no JSON', headers));
      expect([status, body]).toEqual([401, { error }]);
    }
    expect((await service.ingest({ message: 'a' }, { authorization: 'Bearer a-token' })).status).toBe(202);
    expect(await service.count()).toBe(1);
  });
});

describe('the settings', () => {
  const environment = {
    ...{ ...testSettings, PORT: '1', DATABASE_URL: 'postgres://a/b' },
    ...{ AUTH_JWKS_URL: 'http://a/b', AUTH_SESSIONS_URL: 'http://a/c' },
  };

  it.each([undefined, '', 'short'])('are a mistake in production with the token %j', (INGEST_TOKEN) => {
    const production = { ...environment, NODE_ENV: 'production', INGEST_TOKEN };
    expect(() => readLoggerConfig(production)).toThrow(ConfigError);
    expect(() => readLoggerConfig(production)).toThrow('INGEST_TOKEN');
    expect(() => readLoggerConfig({ ...environment, INGEST_TOKEN })).not.toThrow();
  });

  it('may name a token that is long enough', () =>
    expect(() =>
      readLoggerConfig({ ...environment, NODE_ENV: 'production', INGEST_TOKEN: 'sixteen-or-more-characters' }),
    ).not.toThrow());
});
