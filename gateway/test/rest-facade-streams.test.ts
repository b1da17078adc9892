import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { request } from 'undici';
import { eventually } from '../../tests/support/eventually.js';
import { FakeServices } from './support/fake-services.js';

describe('what flows through the gateway', () => {
  let services: FakeServices;
  beforeAll(async () => (services = await FakeServices.start({ SUBGRAPH_TIMEOUT_MS: '20000' })));
  afterAll(() => services.stop());

  /** Requests that the products service still works on, as it sees it. */
  let open: number;
  const products = (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
    open = 0;
    services.service('products').override = (request, response) => {
      open += 1;
      response.once('close', () => (open -= 1));
      answer(request, response);
    };
  };
  const never = () => undefined;

  it('is an answer while it is still made: a large list is kept nowhere', async () => {
    let last: () => void = never;
    products((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('["first"');
      last = () => void response.end(',"last"]');
    });
    const { body } = await request(`${services.origin}/products`);
    const parts: string[] = [];
    for await (const part of body) {
      parts.push(String(part));
      if (parts.length === 1) last();
    }
    expect(parts).toEqual(['["first"', ',"last"]']);
  });

  it('is a body while it still arrives', async () => {
    let begun: () => void = never;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    products((request, response) => {
      request.once('data', () => begun());
      void text(request).then((body) => response.end(JSON.stringify(body)));
    });
    async function* parts() {
      yield Buffer.from('one');
      await hasBegun;
      yield Buffer.from(' two');
    }
    const response = await request(`${services.origin}/products`, { method: 'POST', body: Readable.from(parts()) });
    expect(await response.body.json()).toBe('one two');
  });

  it('waits for who reads slowly', async () => {
    const wanted = 200 * 65_536;
    let written = 0;
    products((_request, response) => {
      const source = Readable.from(
        (function* () {
          for (; written < wanted; written += 65_536) yield Buffer.alloc(65_536, ' ');
        })(),
      );
      response.writeHead(200);
      source.pipe(response);
    });
    const socket = connect(Number(new URL(services.origin).port), '127.0.0.1').pause();
    socket.write('GET /products HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await eventually(() => expect(written).toBeGreaterThan(0));
    const seen = await settled(() => written);
    expect(seen).toBeLessThan(wanted);
    socket.destroy();
    await eventually(() => expect(open).toBe(0));
  });

  describe('ends at the service as soon as the client has gone', () => {
    const leave = async (method: string, head: string, seen: () => void) => {
      const socket = connect(Number(new URL(services.origin).port), '127.0.0.1');
      socket.on('error', never);
      socket.write(`${method} /products HTTP/1.1\r\nHost: x\r\n${head}`);
      await eventually(seen);
      expect(open).toBe(1);
      socket.destroy();
      await eventually(() => expect(open).toBe(0), { timeoutMs: 3_000 });
    };

    it.each([
      ['GET', '\r\n'],
      ['POST', 'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'],
    ])('while it waits for the answer to a %s', async (method, head) => {
      let whole = false;
      products((request) => void text(request).then(() => (whole = true), never));
      await leave(method, head, () => expect(whole).toBe(true));
    });

    it('while its body arrives', async () => {
      let begun = false;
      products((request) => request.once('data', () => (begun = true)).on('error', never));
      await leave('POST', 'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{', () =>
        expect(begun).toBe(true),
      );
    });

    it('while the answer is made', async () => {
      let begun = false;
      products((_request, response) => {
        response.writeHead(200).write('[');
        begun = true;
      });
      await leave('GET', '\r\n', () => expect(begun).toBe(true));
    });
  });
});

/** The value once it has stopped to change. */
async function settled(read: () => number): Promise<number> {
  let before = -1;
  return eventually(
    () => {
      const now = read();
      const changed = now !== before;
      before = now;
      if (changed) throw new Error('it still changes');
      return now;
    },
    { everyMs: 300 },
  );
}
