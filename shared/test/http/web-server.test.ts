import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { type Door, WebServer } from '../../src/http/web-server.js';
import { createLogger } from '../../src/logging/logger.js';
import { silentTelemetry } from '../../src/telemetry/telemetry.js';

const lines: string[] = [];
const stream = { write: (line: string) => void lines.push(line) };
const logger = createLogger('a-service', 'info', { destinations: [{ level: 'info', stream }] });

const routes: Door = (app) => {
  app.get('/things/:id', (request) => ({ params: request.params, id: request.id }));
  app.get('/logged', () => {
    logger.info('asked');
    return {};
  });
  app.post('/things', (request) => ({ body: request.body ?? null }));
};

describe('a web server', () => {
  const server = new WebServer({
    host: '127.0.0.1',
    port: 0,
    telemetry: silentTelemetry(),
    readiness: async () => ({}),
    doors: [routes],
  });
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
    return [response.status, await response.json()];
  };
  const posted = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>, path = '/things') => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', headers, body });
    return [response.status, await response.json()];
  };
  /** Sends bytes as they are, and gives what comes back until the end. */
  const send = async (bytes: string) => {
    const socket = connect(server.port, '127.0.0.1');
    socket.end(bytes);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    return [head.split('\r\n')[0], JSON.parse(body)];
  };
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  it('answers in one sentence also what never reaches a route', async () => {
    expect(await get('/things/%zz')).toEqual([400, { error: 'the address is not a valid URL' }]);
    expect(await get('/nothing')).toEqual([404, { error: 'not found' }]);
    expect(await get('/healthz', { padding: 'x'.repeat(20_000) })).toEqual([
      431,
      { error: 'the headers are too large' },
    ]);
    expect(await send('NONSENSE\r\n\r\n')).toEqual([
      'HTTP/1.1 400 Bad Request',
      { error: 'the request is not valid HTTP' },
    ]);
  });

  it('leaves a long parameter for its route to refuse', async () => {
    const id = '1'.repeat(5_000);
    expect(await get(`/things/${id}`)).toEqual([200, expect.objectContaining({ params: { id } })]);
  });

  it('ignores what would reach a prototype, as all that it does not know, and takes an empty body for none', async () => {
    const post = (body: string) => posted(body, { 'content-type': 'application/json' });
    expect(await post('{"a":1,"__proto__":{"b":2}}')).toEqual([200, { body: { a: 1 } }]);
    expect(await post('{"a":1,"constructor":{"prototype":{"b":2}}}')).toEqual([200, { body: { a: 1 } }]);
    expect(await post('')).toEqual([200, { body: null }]);
  });

  it.each([
    ['application/json; charset=utf-8', {}],
    ['application/json;charset="UTF8"', {}],
    ['Application/JSON', { 'content-encoding': 'identity' }],
    ['application/json; foo="a;charset=x"', {}],
    ['application/json; foo="a;charset=x"; Charset=UTF-8', {}],
    ['application/merge-patch+json', {}],
    ['text/json', {}],
  ])('reads JSON in UTF-8: %s', async (type, headers) =>
    expect(await posted('{"a":"é"}', { 'content-type': type, ...headers })).toEqual([200, { body: { a: 'é' } }]),
  );

  it.each([
    ['text/plain', {}, 'the content type is not supported'],
    ['application/xml', {}, 'the content type is not supported'],
    ['application/json; charset=utf-16', {}, 'the charset is not supported: JSON is UTF-8'],
    ['application/json; charset=latin1', {}, 'the charset is not supported: JSON is UTF-8'],
    ['application/merge-patch+json; charset=utf-16', {}, 'the charset is not supported: JSON is UTF-8'],
    ['application/json', { 'content-encoding': 'gzip' }, 'the content encoding is not supported'],
  ])('says why it can not read %s %j', async (type, headers, error) =>
    expect(await posted('{}', { 'content-type': type, ...headers })).toEqual([415, { error }]),
  );

  it('reads JSON also where nobody says what it is', async () => {
    // fetch gives a text a type of its own, and bytes none.
    expect(await posted(new TextEncoder().encode('{"a":"é"}'), {})).toEqual([200, { body: { a: 'é' } }]);
    expect(await posted(new TextEncoder().encode('a=b'), {})).toEqual([400, { error: 'the body is no JSON' }]);
  });

  it.each(['content-length: 9000000', 'transfer-encoding: chunked'])(
    'hears out who sends more than it takes, so that the answer arrives: %s',
    async (framing) => {
      const socket = connect(server.port, '127.0.0.1');
      const piece = 'x'.repeat(1_000_000);
      const isChunked = framing.includes('chunked');
      socket.write(`POST /things HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${framing}\r\n\r\n`);
      for (let sent = 0; sent < 9; sent += 1) {
        socket.write(isChunked ? `f4240\r\n${piece}\r\n` : piece);
        await setTimeout(20);
      }
      if (isChunked) socket.write('0\r\n\r\n');
      socket.end('GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
      const statuses = (await text(socket)).match(/HTTP\/1.1 \d+/g);
      expect(statuses).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
    },
  );

  it('hears out also who wants the connection closed then, and closes it', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const answered = text(socket);
    socket.write('POST /things HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 9000000\r\n\r\n');
    for (let sent = 0; sent < 9; sent += 1) {
      socket.write('x'.repeat(1_000_000));
      await setTimeout(20);
    }
    expect((await answered).match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 413']);
    expect(socket.bytesWritten).toBeGreaterThan(9_000_000);
  });

  it('hears out who sends much that is no HTTP, so that the answer arrives', async () => {
    const answers = Array.from({ length: 10 }, async () => {
      const socket = connect(server.port, '127.0.0.1');
      const answered = text(socket);
      socket.write(`POST /things HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n${'x'.repeat(9_000_000)}`);
      return (await answered).match(/HTTP\/1.1 \d+/g);
    });
    expect(await Promise.all(answers)).toEqual(answers.map(() => ['HTTP/1.1 400']));
  });

  it('takes no text that is not in UTF-8 for another one', async () => {
    const latin1 = Buffer.from('{"a":"\xe9"}', 'latin1');
    expect(await posted(latin1, { 'content-type': 'application/json' })).toEqual([
      400,
      { error: 'the body is not in UTF-8' },
    ]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16'])(
    'takes an empty body for none, also as %s',
    async (type) => expect(await posted('', { 'content-type': type })).toEqual([200, { body: null }]),
  );

  it('knows no route, whatever is sent there', async () =>
    expect(await posted('x', { 'content-type': 'text/plain' }, '/nothing')).toEqual([404, { error: 'not found' }]));

  it('keeps the request id that came, if it is one', async () => {
    expect(await get('/things/1', { 'x-request-id': 'a-1' })).toEqual([200, expect.objectContaining({ id: 'a-1' })]);
    expect(await get('/things/1', { 'x-request-id': 'a b' })).toEqual([
      200,
      expect.objectContaining({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) }),
    ]);
  });

  it.each([
    ['token', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
    ['key', 'sk_live_abcdefghijklmnop'],
    ['card number', '4111111111111111'],
    ['card number in groups', '4111-1111-1111-1111'],
    ['card number with dots', '4111.1111.1111.1111'],
  ])('takes nothing for a request id that could be a %s, and neither logs nor answers it', async (_what, secret) => {
    lines.length = 0;
    const headers = { 'x-request-id': secret };
    const response = await fetch(`http://127.0.0.1:${server.port}/logged`, { headers });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(lines).toHaveLength(1);
    expect(lines.join('')).not.toContain(secret);
    expect(lines.join('')).toContain(`"request_id":"${response.headers.get('x-request-id')}"`);
  });

  it('answers an expectation that it cannot meet in one sentence', async () => {
    expect(await send('GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: magic\r\n\r\n')).toEqual([
      'HTTP/1.1 417 Expectation Failed',
      { error: 'the expectation can not be met' },
    ]);
  });

  it('refuses a request without a Host in one sentence, but for HTTP/1.0', async () => {
    expect(await send('GET /healthz HTTP/1.1\r\n\r\n')).toEqual([
      'HTTP/1.1 400 Bad Request',
      { error: 'the Host header is missing' },
    ]);
    expect(await send('GET /healthz HTTP/1.0\r\n\r\n')).toEqual(['HTTP/1.1 200 OK', { status: 'ok' }]);
  });

  it('refuses a request with two Hosts, or with a coding that it can not undo', async () => {
    expect(await send('GET /healthz HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n')).toEqual([
      'HTTP/1.1 400 Bad Request',
      { error: 'there is more than one Host header' },
    ]);
    const coded = (coding: string) =>
      send(
        'POST /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n' +
          `Transfer-Encoding: ${coding}\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      );
    const refused = ['HTTP/1.1 400 Bad Request', { error: 'the transfer encoding is not supported' }];
    expect(await coded('gzip, chunked')).toEqual(refused);
    expect(await coded('gzip\r\nTransfer-Encoding: chunked')).toEqual(refused);
    expect(await coded('Chunked')).toEqual(['HTTP/1.1 200 OK', { body: {} }]);
  });

  it('answers a client that would rather speak HTTP/2', async () => {
    const offer = 'Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
    const [status] = await send(`GET /healthz HTTP/1.1\r\n${offer}\r\n`);
    expect(status).toBe('HTTP/1.1 200 OK');
  });
});
