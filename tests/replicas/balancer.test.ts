import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { WebSocketServer, WebSocket } from 'ws';
import { Balancer } from './balancer.js';

describe('a balancer of tests', () => {
  const servers: Server[] = [];
  const serving = async (name: string) => {
    const server = createServer((request, response) => {
      if (request.url === '/broken') return void request.socket.destroy();
      request.on('data', (chunk: Buffer) => response.write(`${name} heard ${chunk.toString()}`));
      request.on('end', () => response.end());
    });
    new WebSocketServer({ server }).on('connection', (socket) => socket.send(name));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return (server.address() as AddressInfo).port;
  };
  let balancer: Balancer;
  beforeEach(async () => {
    balancer = await Balancer.open();
  });
  afterEach(async () => {
    await balancer.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  const said = async (word: string) => (await fetch(balancer.url, { method: 'POST', body: word })).text();

  it('gives each its turn, passes over who is not there, and asks nobody that was taken out', async () => {
    const [one, other] = [await serving('one'), await serving('other')];
    for (const port of [one, other, 1]) balancer.add(port);
    const answers = new Set<string>();
    for (let n = 0; n < 6; n += 1) answers.add(await said('a'));
    expect([...answers].toSorted()).toEqual(['one heard a', 'other heard a']);
    await balancer.remove(other);
    for (let n = 0; n < 4; n += 1) expect(await said('b')).toBe('one heard b');
  });

  it('takes one out when it has answered all that it was asked', async () => {
    const port = await serving('one');
    balancer.add(port);
    const question = new PassThrough();
    const asking = fetch(balancer.url, {
      method: 'POST',
      body: Readable.toWeb(question),
      duplex: 'half',
    } as RequestInit);
    question.write('a long');
    const answer = await asking;
    let removed = false;
    const removing = balancer.remove(port).then(() => (removed = true));
    expect((await fetch(balancer.url)).status).toBe(503);
    expect(removed).toBe(false);
    question.end();
    expect(await answer.text()).toBe('one heard a long');
    await removing;
  });

  it('says when nobody is there, and when an answer broke off', async () => {
    expect((await fetch(balancer.url)).status).toBe(503);
    balancer.add(await serving('one'));
    expect((await fetch(`${balancer.url}/broken`)).status).toBe(502);
  });

  it('passes websockets on', async () => {
    for (const name of ['one', 'other']) balancer.add(await serving(name));
    const greetings = await Promise.all(
      [1, 2].map(async () => {
        const socket = new WebSocket(balancer.url.replace('http', 'ws'));
        const greeting = await new Promise((resolve) =>
          socket.once('message', (data: Buffer) => resolve(String(data))),
        );
        socket.close();
        return greeting;
      }),
    );
    expect(greetings.toSorted()).toEqual(['one', 'other']);
  });
});
