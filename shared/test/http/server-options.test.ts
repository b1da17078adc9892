import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fastify, { type FastifyInstance } from 'fastify';
import { serverOptions } from '../../src/http/server-options.js';

describe('a server that waits for a request', () => {
  let app: FastifyInstance;
  afterEach(() => app.close());
  const answerTo = async (bytes: string) => {
    const address = app.server.address();
    const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
    socket.write(bytes);
    return text(socket);
  };

  it('gives its headers less time than the whole, and looks often enough for both', async () => {
    app = fastify(serverOptions);
    const { headersTimeout, requestTimeout } = app.server;
    expect(headersTimeout).toBeLessThan(requestTimeout);
    expect(serverOptions.http.connectionsCheckingInterval).toBeLessThan(headersTimeout);
  });

  it.each([
    ['its headers', 'GET / HTTP/1.1\r\nHost: x\r\n', 100, 60_000],
    ['its body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{', 50, 100],
  ])('says when %s did not come in time', async (_what, bytes, headersTimeout, requestTimeout) => {
    const http = { ...serverOptions.http, headersTimeout, connectionsCheckingInterval: 20 };
    app = fastify({ ...serverOptions, requestTimeout, http });
    app.post('/', () => 'never');
    await app.listen({ port: 0, host: '127.0.0.1' });
    expect(await answerTo(bytes)).toMatch(
      /^HTTP\/1\.1 408 Request Timeout\r\n[^]*\{"error":"the request did not arrive in time"\}$/,
    );
  });
});
