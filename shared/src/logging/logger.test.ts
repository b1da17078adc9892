import { context, trace, TraceFlags } from '@opentelemetry/api';
import { createLogger } from './logger.js';
import { withLogFields } from './log-fields.js';
import { followContext } from '../telemetry/trace-context.js';

const MARK = 'XyZZy5ecret';

function collecting(level = 'info') {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger('a-service', level, { destinations: [{ level: 'trace', stream }] });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('a line says when, who, how bad and what', () => {
  const { logger, entries } = collecting();
  logger.info({ rows: 3 }, 'something %s', 'happened');
  expect(entries()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      service: 'a-service',
      rows: 3,
      message: 'something happened',
    },
  ]);
});

test('a line carries its trace, request and order, and what is said of them explicitly goes first', () => {
  followContext();
  const { logger, entries } = collecting();
  const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.NONE };
  const traced = trace.setSpanContext(context.active(), spanContext);
  context.with(withLogFields({ order_uuid: 'one' }, withLogFields({ request_id: 'r' }, traced)), () => {
    logger.info('first');
    logger.info({ order_uuid: 'two' }, 'second');
  });
  logger.info('outside');
  const ids = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), request_id: 'r' };
  expect(entries()).toMatchObject([{ ...ids, order_uuid: 'one' }, { ...ids, order_uuid: 'two' }, {}]);
  expect(entries()[2]).not.toHaveProperty('trace_id');
});

test('no way of logging lets a secret through', () => {
  const { logger, lines } = collecting('trace');
  logger.info(`password=${MARK}`);
  logger.info({ token: MARK }, `Bearer ${MARK}`);
  logger.info('%s and %j', `cookie: ${MARK}`, { password: MARK });
  logger.info('4111 %s', '1111 1111 1111');
  logger.info('%d', 4111111111111111);
  logger.error(new Error(`password=${MARK}`));
  logger.error({ err: new Error(`password=${MARK}`) });
  logger.error({ err: new Error('outer', { cause: new Error(`token=${MARK}`) }) }, 'failed');
  logger.child({ authorization: MARK }).info('child');
  logger.child({ a: 1 }).child({ cookie: MARK }, { level: 'debug' }).debug({ jwt: MARK }, 'grandchild');
  logger.setBindings({ password: MARK });
  logger.info('bound');
  logger.info({ req: { headers: { cookie: MARK } } }, 'request');
  logger.fatal({ message: `password=${MARK}` });
  expect(lines).toHaveLength(13);
  expect(lines.join('')).not.toContain(MARK);
  expect(lines.join('').replace(/\D/g, '')).not.toContain('4111111111111111');
});

test("an error's kind, words and place are in the line", () => {
  const { logger, entries } = collecting();
  logger.error(new TypeError('no such thing'));
  expect(entries()).toMatchObject([
    { message: 'no such thing', err: { type: 'TypeError', message: 'no such thing', stack: expect.any(String) } },
  ]);
});

test('nothing that is logged can break its line or pretend to be another', () => {
  const { logger, lines } = collecting();
  const nasty = '\n{"level":"error","message":"forged"}\r\n\u0000\u001b[31m\u2028"\\';
  logger.info({ nasty, [nasty]: 1 }, nasty);
  logger.child({ nasty }).info('child %s', nasty);
  for (const line of lines) {
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect([...line.slice(0, -1)].every((character) => character >= ' ')).toBe(true);
    expect(JSON.parse(line)).toMatchObject({ level: 'info', nasty });
  }
});

test('a field cannot take the place of what is ours', () => {
  const { logger, lines, entries } = collecting();
  logger.info({ level: 'error', service: 'other', message: 'forged', time: 'never' }, 'true');
  logger.child({ service: 'other' }).info({ level: 'error' }, 'true');
  for (const entry of entries()) expect(entry).toMatchObject({ level: 'info', service: 'a-service', message: 'true' });
  for (const line of lines) expect(line.match(/"(level|service|message|time)":/g)).toHaveLength(4);
  expect(entries()[0]).toMatchObject({ _level: 'error', _service: 'other', _message: 'forged', _time: 'never' });
});

test('what is below its level costs nothing and says nothing', () => {
  const { logger, lines } = collecting('warn');
  logger.info({
    get expensive(): never {
      throw new Error('looked at');
    },
  });
  expect(lines).toEqual([]);
});
