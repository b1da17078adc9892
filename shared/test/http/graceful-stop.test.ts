import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { StopTime } from '../../src/lifecycle/stop-time.js';
import { type Door, WebServer } from '../../src/http/web-server.js';
import { silentTelemetry } from '../../src/telemetry/telemetry.js';
import { eventually } from '../../../tests/support/eventually.js';

describe('a web server that is stopped', () => {
  let finish: () => void;
  let asked: boolean;
  const slow: Door = (app) => {
    app.get('/slow', async () => {
      asked = true;
      await new Promise<void>((resolve) => (finish = resolve));
      return { done: true };
    });
  };
  const aServer = async () => {
    asked = false;
    const server = new WebServer({
      ...{ host: '127.0.0.1', port: 0, telemetry: silentTelemetry(), readiness: async () => ({}) },
      doors: [slow],
    });
    await server.start();
    return server;
  };
  const ask = async (port: number, agent: Agent, path: string) => {
    const asking = request({ host: '127.0.0.1', port, path, agent });
    asking.end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    return { status: response.statusCode, connection: response.headers.connection, body: await json(response) };
  };

  it('answers what it has begun, tells the client not to send more there, and has gone soon after', async () => {
    const server = await aServer();
    const agent = new Agent({ keepAlive: true });
    expect(await ask(server.port, agent, '/healthz')).toMatchObject({ status: 200, connection: 'keep-alive' });
    const answering = ask(server.port, agent, '/slow');
    await eventually(() => expect(asked).toBe(true));
    const stopping = server.stop();
    await expect(ask(server.port, new Agent(), '/healthz')).rejects.toThrow();
    finish();
    expect(await answering).toEqual({ status: 200, connection: 'close', body: { done: true } });
    const since = performance.now();
    await stopping;
    expect(performance.now() - since).toBeLessThan(1_000);
    agent.destroy();
  });

  it('cuts off what does not end, so that the rest can stop in order and in time', async () => {
    const server = await aServer();
    const agent = new Agent({ keepAlive: true });
    const answering = ask(server.port, agent, '/slow');
    const cutOff = expect(answering).rejects.toThrow();
    await eventually(() => expect(asked).toBe(true));
    const since = performance.now();
    await server.stop(new StopTime(1_000));
    expect(performance.now() - since).toBeLessThan(2_500);
    await cutOff;
    finish();
  });
});
