import { globSync, readFileSync } from 'node:fs';
import { admin, type Mode, RunningShop } from '../e2e/running-shop.js';
import { eventually } from '../support/eventually.js';
import { fillIn, parseHttpFile, type WrittenRequest } from './http-file.js';

/** Within the whole test run one mode has to do. */
const modes: readonly Mode[] = process.env['TEST_SET'] === 'full' ? ['embedded', 'processes'] : ['embedded'];

describe.each(modes)('the .http files, played from top to bottom: %s', (mode) => {
  let shop: RunningShop;
  beforeAll(async () => {
    shop = await RunningShop.start(mode, { LOGIN_RATE_LIMIT: '0' });
  });
  afterAll(() => shop?.stop());

  it.each(globSync('docs/http/purchase-*.http'))('%s ends with an order that is paid', async (file) => {
    const answers = await played(file);
    expect(answers.get('payment')).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('docs/http/logger.http finds the entry that it brought', async () => {
    const answers = await played('docs/http/logger.http', { password: admin.password });
    expect(answers.get('logs')).toMatchObject({
      data: { logs: { edges: [{ node: { level: 'WARN', fields: { shelf: 12 } } }] } },
    });
  });

  /** The answers to the named requests of a file. */
  async function played(file: string, changes: Record<string, string> = {}): Promise<Map<string, unknown>> {
    const { variables, requests } = parseHttpFile(readFileSync(file, 'utf8'));
    const written = Object.entries({ ...variables, ...changes });
    const values = Object.fromEntries(written.map(([name, value]) => [name, ofThisShop(value)]));
    const answers = new Map<string, unknown>();
    const play = async (request: WrittenRequest) => {
      const filled = (text: string) => fillIn(text, values, answers);
      const response = await fetch(filled(request.url), {
        method: request.method,
        headers: request.headers.map(([name, value]): [string, string] => [name, filled(value)]),
        ...(request.body !== undefined && { body: filled(request.body) }),
      });
      const body: unknown = await response.json();
      expect([request.title, response.status, body]).toEqual([
        request.title,
        statusIn(request.title),
        expect.anything(),
      ]);
      if (request.name) answers.set(request.name, body);
    };
    for (const request of requests) {
      await play(request);
      if (request.name === 'status')
        await eventually(async () => {
          await play(request);
          expect(answers.get('status')).toMatchObject({ status: 'Paid' });
        });
    }
    return answers;
  }

  /** The address of what listens at one of the contract's ports, in the shop under test. */
  function ofThisShop(value: string): string {
    const [, port] = /^http:\/\/127\.0\.0\.1:(\d+)$/.exec(value) ?? [];
    return port ? shop.service(Number(port)) : value;
  }
});

/** What the title says that the answer's status will be. */
const statusIn = (title: string) => Number(/: (\d{3})/.exec(title)?.[1]);
