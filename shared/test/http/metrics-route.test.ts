import { randomUUID } from 'node:crypto';
import { Scrape } from '../../../tests/support/scrape.js';
import { WebServer } from '../../src/http/web-server.js';
import { silentTelemetry } from '../../src/telemetry/telemetry.js';

const REQUESTS = 'http_request_duration_seconds_count';

describe('requests, measured', () => {
  const [first, second] = ['first', 'second'].map(
    (name) =>
      new WebServer({
        host: '127.0.0.1',
        port: 0,
        telemetry: silentTelemetry(name),
        readiness: async () => ({}),
        doors: [
          (app) => {
            app.get('/things/:id', () => ({}));
            app.post('/things', () => {
              throw new Error('broken');
            });
          },
        ],
      }),
  ) as [WebServer, WebServer];
  const origin = (server: WebServer) => `http://127.0.0.1:${server.port}`;
  beforeAll(() => Promise.all([first.start(), second.start()]));
  afterAll(() => Promise.all([first.stop(), second.stop()]));

  it('are counted by the pattern of their route, whatever their path', async () => {
    for (let id = 0; id < 20; id += 1) await fetch(`${origin(first)}/things/${id}?x=${id}`);
    await fetch(`${origin(first)}/things`, { method: 'POST' });
    const scrape = await Scrape.of(origin(first));
    expect(scrape.value(REQUESTS, { method: 'GET', route: '/things/:id', status: '200' })).toBe(20);
    expect(scrape.value(REQUESTS, { method: 'POST', route: '/things', status: '500' })).toBe(1);
  });

  it('are one route where no route takes them, however many paths and methods there are', async () => {
    const methods = ['GET', 'PUT', 'PATCH', 'DELETE', 'POST'];
    const tries = Array.from({ length: 1_000 }, (_, index) => ({
      path: randomUUID(),
      method: methods[index % 5] ?? '',
    }));
    for (const { path, method } of tries) await fetch(`${origin(first)}/${path}/${path}`, { method });
    const scrape = await Scrape.of(origin(first));
    const missed = scrape.find(REQUESTS, { status: '404' });
    expect(missed.map(({ labels, value }) => [labels['method'], labels['route'], value])).toEqual([
      ['any', 'none', 1_000],
    ]);
  });

  it('are those of one service, though another shares the process', async () => {
    const scrape = await Scrape.of(origin(second));
    expect(scrape.value(REQUESTS, { route: '/things/:id' })).toBeUndefined();
    expect(new Set(scrape.samples.map(({ labels }) => labels['service']))).toEqual(new Set(['second']));
  });
});
