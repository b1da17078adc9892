import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { eventually } from '../../tests/support/eventually.js';
import { exchange } from '../src/exchange.js';

describe('an exchange', () => {
  let server: Server;
  let pool: Pool;
  let answer: (response: ServerResponse) => void;
  let asked: string[];
  let closed: number;

  beforeEach(async () => {
    [asked, closed] = [[], 0];
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        asked.push(body);
        answer(response);
      });
      response.on('close', () => (closed += 1));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1, pipelining: 1 });
  });
  afterEach(async () => {
    await pool.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const post = (body: string, timeoutMs = 5_000) => exchange(pool, { path: '/graphql', headers: {}, body, timeoutMs });

  it('is the whole answer, however it is cut', async () => {
    const bytes = Buffer.from('{"name":"Trà sữa"}');
    answer = (response) => {
      response.writeHead(503, { 'content-type': 'application/json' });
      response.write(bytes.subarray(0, 12));
      setImmediate(() => response.end(bytes.subarray(12)));
    };
    expect(await post('1')).toEqual({ statusCode: 503, contentType: 'application/json', text: bytes.toString() });
    answer = (response) => response.writeHead(204).end();
    expect(await post('2')).toEqual({ statusCode: 204, contentType: undefined, text: '' });
    answer = (response) => response.end('\uFEFF{}');
    expect((await post('3')).text).toBe('{}');
    expect(asked).toEqual(['1', '2', '3']);
  });

  it('ends when it takes too long, be it that nothing comes or not all of it, and lets go of its connection', async () => {
    answer = () => undefined;
    await expect(post('1', 100)).rejects.toThrow('no answer within 100 ms');
    answer = (response) => response.writeHead(200).write('{');
    await expect(post('2', 100)).rejects.toThrow('no answer within 100 ms');
    await eventually(async () => expect(closed).toBe(2));
    answer = (response) => response.end('well');
    expect((await post('3')).text).toBe('well');
  });

  it('is never sent when its time was over before there was a connection', async () => {
    let release: () => void = () => undefined;
    answer = (response) => (release = () => response.end('late'));
    const first = post('1');
    await eventually(async () => expect(asked).toEqual(['1']));
    await expect(post('2', 50)).rejects.toThrow('no answer within 50 ms');
    answer = (response) => response.end('well');
    const third = post('3');
    release();
    expect((await first).text).toBe('late');
    expect((await third).text).toBe('well');
    expect(asked).toEqual(['1', '3']);
  });

  it('rejects when the connection breaks', async () => {
    answer = (response) => response.socket?.destroy();
    await expect(post('1')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  });
});
