import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { sentenceFor, untilPortsAreFree } from '../src/free-the-ports.js';
import { portHolder, shortened } from '../src/port-holder.js';
import { listenerNames, planPorts, type PortPlan } from '../src/ports.js';
import { freePorts } from '../src/servers/free-ports.js';

describe('the plan of ports', () => {
  it("is the contract's", () => {
    expect(planPorts({})).toEqual({
      products: 8081,
      cart: 8082,
      orders: 8083,
      auth: 8084,
      logger: 8085,
      payments: 8086,
      mailer: 8087,
      gateway: 4000,
      'logger gRPC': 50_051,
    });
  });

  it('moves by PORT_OFFSET, the gateway by PORT', () => {
    expect(planPorts({ PORT_OFFSET: '100' })).toMatchObject({ cart: 8182, gateway: 4100 });
    expect(planPorts({ PORT_OFFSET: '100', PORT: '80' })).toMatchObject({ cart: 8182, gateway: 80 });
    expect(planPorts({ PORT_OFFSET: '100' })['logger gRPC']).toBe(50_151);
    expect(planPorts({ PORT_OFFSET: '20000' })['logger gRPC']).toBe(5_539);
    expect(planPorts({ PORT_OFFSET: '100', GRPC_PORT: '90' })['logger gRPC']).toBe(90);
  });

  it.each([
    [{ PORT: 'http' }, 'PORT must be a whole number from 1 to 65535, and is "http".'],
    [{ PORT: '0' }, 'PORT must be a whole number from 1 to 65535, and is "0".'],
    [{ PORT_OFFSET: '-1' }, 'PORT_OFFSET must be a whole number from 0 to 65535, and is "-1".'],
    [{ PORT_OFFSET: '60000' }, 'PORT_OFFSET=60000 moves auth to 68084; the highest port is 65535.'],
    [{ GRPC_PORT: '8083' }, 'GRPC_PORT=8083 is the port of orders; choose another GRPC_PORT, or a PORT_OFFSET.'],
    [{ PORT: '8083' }, 'PORT=8083 gives the gateway the port of orders; choose another PORT, or a PORT_OFFSET.'],
  ])('refuses %j', (environment, sentence) => expect(() => planPorts(environment)).toThrow(sentence));
});

describe('a port that is taken', () => {
  const holder = { pid: 42, command: 'nginx -g daemon' };

  it('is told with its service, its holder and the way out', () => {
    expect(sentenceFor([{ name: 'orders', port: 8083, holder }], planPorts({}))).toBe(
      'Port 8083 (for orders) is taken by process 42: nginx -g daemon.\nStop that, or move all our ports: PORT_OFFSET=100 npm start',
    );
    expect(sentenceFor([{ name: 'gateway', port: 4000, holder: undefined }], planPorts({}))).toBe(
      'Port 4000 (for gateway) is taken by another program.\nStop that, or choose another port for the gateway: PORT=4001 npm start',
    );
  });

  it('shares a sentence with others of the same process', () => {
    const taken = [
      { name: 'orders', port: 8083, holder },
      { name: 'cart', port: 8082, holder },
    ] as const;
    expect(sentenceFor(taken, planPorts({}))).toContain(
      'Ports 8083 (for orders), 8082 (for cart) are taken by process 42',
    );
  });

  it.each([
    [{ PORT_OFFSET: '100' }, 'PORT_OFFSET=200 npm start'],
    [{ PORT_OFFSET: '57400' }, 'PORT_OFFSET=57300 npm start'],
    [{ PORT_OFFSET: '100', PORT: '80' }, 'PORT_OFFSET=200 PORT=81 npm start'],
  ])('is left by another offset than %j', (environment, way) => {
    expect(sentenceFor([{ name: 'orders', port: 8183, holder }], planPorts(environment))).toContain(way);
  });

  it('is left to none of our services when the gateway moves away', () => {
    const plan = planPorts({ PORT: '8080' });
    expect(sentenceFor([{ name: 'gateway', port: 8080, holder }], plan)).toContain('PORT=8088 npm start');
  });

  it('is told with whole words of a long command', () => {
    const words = Array.from({ length: 30 }, (_, index) => `word${index}`).join(' ');
    expect(shortened(words)).toMatch(/^word0 (word\d+ )+\.\.\.$/);
    expect(shortened(words).length).toBeLessThan(90);
    expect(shortened('node main.js')).toBe('node main.js');
  });

  it('fails the start at once when its holder is no leftover of ours', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const free = await freePorts(listenerNames.length);
      const plan = {
        ...Object.fromEntries(listenerNames.map((name, index) => [name, free[index]])),
        cart: port,
      } as PortPlan;
      expect(portHolder(port)?.pid).toBe(process.pid);
      await expect(untilPortsAreFree(plan, '127.0.0.1', () => undefined)).rejects.toThrow(
        `Port ${port} (for cart) is taken`,
      );
    } finally {
      server.close();
    }
  });
});
