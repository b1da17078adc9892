import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Heard, exchange } from '../../rest/fuzz/raw-http.js';
import { isControl } from '../../rest/fuzz/utf8.js';
import { eventually } from '../../support/eventually.js';
import { fillCart } from '../stage.js';
import type { Door, Setting } from '../setting.js';

/** Marks every line and header that an attacker would like to have made. */
const FORGED = 'x-forged';

/** Texts that would end a line, a header or a JSON string, or draw on a terminal, were they written as they are. */
const breaks: readonly string[] = [
  `a\r\n${FORGED}: 1`,
  `a\n{"level":"error","service":"${FORGED}","message":"forged"}`,
  `a\r{"level":"error"}`,
  `a","level":"error","service":"${FORGED}`,
  `a\u2028{"service":"${FORGED}"}\u2029`,
  `a\u0085\u000b\u000c${FORGED}`,
  'a\u001b[2J\u001b[31mred\u001b]0;title\u0007',
  'a\u009b31m\u0000b',
  'a\u202egnp.exe',
];

/** Header and log injection: what a client writes stays within the one line, header or value in which it stands. */
export function forgedLines(given: () => Setting, logFile: string): void {
  describe('header and log injection', () => {
    const headersOf = async (setting: Setting, door: Door, head: string): Promise<Heard> => {
      const port = Number(new URL(setting.originOf(door)).port);
      const bytes = Buffer.from(`${head}\r\nconnection: close\r\n\r\n`, 'latin1');
      return exchange({ port, bytes, bodiless: false, hangUp: false, deadlineMs: 5_000 });
    };

    it.each(breaks)('by headers that are passed on or logged: %j', async (text) => {
      const setting = given();
      const value = Buffer.from(text).toString('latin1');
      const names = [
        'x-request-id',
        'traceparent',
        'tracestate',
        'user-agent',
        'origin',
        'referer',
        'idempotency-key',
        'if-none-match',
        'accept-language',
      ];
      for (const name of names)
        for (const door of ['gateway', 'products', 'orders'] as const)
          for (const [path, method] of [
            ['/products/1', 'GET'],
            ['/nowhere', 'GET'],
            ['/graphql', 'POST'],
          ] as const) {
            const heard = await headersOf(setting, door, `${method} ${path} HTTP/1.1\r\nhost: a\r\n${name}: ${value}`);
            if (heard.kind !== 'answer') throw new Error(`${name} at ${door} was answered by ${heard.kind}`);
            expect([name, door, heard.status < 500]).toEqual([name, door, true]);
            expect(heard.headers.has(FORGED)).toBe(false);
            expect(Array.from(heard.headers.values()).filter((header) => Array.from(header).some(isControl))).toEqual(
              [],
            );
          }
    });

    it.each(breaks)('by names that people have: %j', async (text) => {
      const setting = given();
      const password = 'a long passphrase';
      const name = `m${randomUUID().replaceAll('-', '').slice(0, 10)}`;
      for (const user of [
        { username: name + text, email: `${name}@example.com` },
        { username: name, email: `${name}${text}@example.com` },
      ]) {
        const json = { ...user, password };
        expect((await setting.rest('nobody', { method: 'POST', path: '/auth/register', json })).status).toBe(400);
      }
    });

    it.each(breaks.filter((text) => !text.includes('\0')))(
      'by names of products, all the way to the mail: %j',
      async (text) => {
        const setting = given();
        const { stranger } = setting.stage.people;
        const json = { name: `${randomUUID()} ${text}`, price: 1_000, stock: 5 };
        const made = await setting.rest('admin', { method: 'POST', path: '/products', json });
        if (made.status !== 201) return expect(made.status).toBe(400);
        await fillCart(stranger, String((JSON.parse(made.text) as { id: number }).id));
        const { data } = await setting.graphql('stranger', 'mutation { placeOrder { uuid } }');
        const { placeOrder } = data as { placeOrder: { uuid: string } };
        const query = 'query ($id: ID!) { order(id: $id) { items { name } emails { subject sentAt } } }';
        await eventually(
          async () => {
            const found = await setting.graphql('stranger', query, { id: placeOrder.uuid });
            const { order } = found.data as {
              order: { items: { name: string }[]; emails: { subject: string; sentAt: string | null }[] };
            };
            expect(order.items.map((item) => item.name)).toContain(json.name);
            expect(order.emails.some(({ sentAt }) => sentAt !== null)).toBe(true);
            expect(order.emails.filter(({ subject }) => Array.from(subject).some(isControl))).toEqual([]);
          },
          { timeoutMs: 15_000, everyMs: 50 },
        );
      },
    );

    it.each(breaks)('by entries of other loggers, each of which stays one: %j', async (text) => {
      const setting = given();
      const traceId = randomUUID();
      const json = {
        message: text,
        service: text,
        trace_id: traceId,
        level: 'info',
        fields: { [text]: text, level: 'error' },
      };
      expect((await setting.rest('service', { method: 'POST', path: '/ingest', json }, 'logger')).status).toBe(202);
      const query =
        'query ($id: String) { logs(filter: { traceId: $id }) { edges { node { level service message } } } }';
      const { data } = await setting.graphql('admin', query, { id: traceId });
      const kept = text.replaceAll('\0', '\ufffd');
      expect(data).toEqual({ logs: { edges: [{ node: { level: 'INFO', service: kept, message: kept } }] } });
      const lines = await eventually(() => {
        const found = readFileSync(logFile, 'utf8')
          .split('\n')
          .filter((line) => line.includes(traceId));
        expect(found).not.toEqual([]);
        return found;
      });
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
        expect.objectContaining({ level: 'info', service: kept, message: kept, trace_id: traceId }),
      ]);
    });

    it('by operations: their names and texts', async () => {
      const setting = given();
      for (const text of breaks) {
        const body = JSON.stringify({
          query: `query A { me { id } } # ${text}`,
          operationName: text,
          variables: { [text]: text },
        });
        const { status } = await setting.rest('owner', {
          method: 'POST',
          path: '/graphql',
          raw: body,
          headers: { 'content-type': 'application/json' },
        });
        expect(status).toBeLessThan(500);
        const path = `/nowhere/${encodeURIComponent(text)}?${encodeURIComponent(text)}=${encodeURIComponent(text)}`;
        expect((await setting.rest('owner', { method: 'GET', path })).status).toBe(404);
      }
    });

    it('leaves a log of which each line is one whole entry, and none is forged', async () => {
      const { stage } = given();
      const written = readFileSync(logFile, 'utf8').trimEnd().split('\n');
      expect(written.length).toBeGreaterThan(100);
      for (const line of written) {
        expect(Array.from(line).filter(isControl)).toEqual([]);
        const entry = JSON.parse(line) as Record<string, unknown>;
        expect([FORGED in entry, entry['service'] === FORGED]).toEqual([false, false]);
      }
      const said = stage.shop.said.split('\n').filter((line) => line.startsWith('{'));
      expect(said.length).toBeGreaterThan(100);
      for (const line of said) {
        expect(Array.from(line).filter(isControl)).toEqual([]);
        expect((JSON.parse(line) as Record<string, unknown>)['service']).not.toBe(FORGED);
      }
    });
  });
}
