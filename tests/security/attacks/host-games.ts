import { exchange } from '../../rest/fuzz/raw-http.js';
import type { Door, Setting } from '../setting.js';

const ANSWERED_WITHIN_MS = 20_000;
const EVIL = 'evil.example';

/** Targets by which a server that builds addresses from what it is asked would lead elsewhere. */
const targets: readonly string[] = [
  '/',
  '//',
  `//${EVIL}`,
  `//${EVIL}/%2e%2e`,
  `///${EVIL}/..`,
  `/\\${EVIL}`,
  `/%5c${EVIL}`,
  `/%2f%2f${EVIL}`,
  `http://${EVIL}/`,
  `http://${EVIL}/swagger`,
  `https://${EVIL}/docs`,
  `/?next=//${EVIL}&url=https://${EVIL}&redirect_uri=https://${EVIL}`,
  `/swagger?//${EVIL}`,
  `/swagger/?next=https://${EVIL}`,
  `//${EVIL}/swagger`,
  `/swagger/index.html/..//${EVIL}`,
  `/graphql/..;//${EVIL}`,
  `/mail/?//${EVIL}`,
  `//${EVIL}/mail/`,
  `/mail//${EVIL}`,
];

const hosts: readonly string[] = [
  EVIL,
  `${EVIL}:80`,
  `127.0.0.1@${EVIL}`,
  `${EVIL}"><script>alert(1)</script>`,
  `${EVIL}'onmouseover='alert(1)`,
  `javascript:alert(1)//`,
  `${EVIL}/path?x#y`,
  `${EVIL}\\@127.0.0.1`,
  '[::1',
  '',
];

/** Where a browser goes; it takes the first two slashes, of either sort, for the beginning of a host. */
const leadsTo = (location: string): string =>
  new URL(location, 'http://this.site/a/page').hostname === 'this.site' && !/^[/\\]{2}/.test(location)
    ? 'this site'
    : location;

/** A page's own text and tags, without what stands in the values of attributes. */
const withoutValues = (page: string): string => page.replace(/"[^"]*"/g, '""');

/** Open redirects and games with the Host header, at the pages for people. */
export function hostGames(given: () => Setting): void {
  describe('open redirect and host header', () => {
    const get = async (setting: Setting, door: Door, target: string, headers: readonly string[]) => {
      const port = Number(new URL(setting.originOf(door)).port);
      const head = [`GET ${target} HTTP/1.1`, ...headers, 'accept: text/html', 'connection: close', '', ''].join(
        '\r\n',
      );
      const heard = await exchange({
        port,
        bytes: Buffer.from(head),
        bodiless: false,
        hangUp: false,
        deadlineMs: ANSWERED_WITHIN_MS,
      });
      if (heard.kind !== 'answer') throw new Error(`GET ${target} was answered by ${heard.kind}`);
      return heard;
    };

    it.each(['gateway', 'mailer', 'products'] as const)('no address leads from %s to another site', async (door) => {
      const setting = given();
      for (const target of targets)
        for (const host of ['127.0.0.1', EVIL]) {
          const { status, headers } = await get(setting, door, target, [`host: ${host}`]);
          const location = headers.get('location');
          expect([target, status < 500]).toEqual([target, true]);
          if (location !== undefined) expect([target, leadsTo(location)]).toEqual([target, 'this site']);
        }
    });

    it.each(['x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'x-original-url', 'x-rewrite-url', 'x-host'])(
      'nobody is believed who says by %s where the shop is',
      async (name) => {
        const setting = given();
        const value = name === 'forwarded' ? `host=${EVIL};proto=evil` : name.endsWith('url') ? '/metrics' : EVIL;
        for (const target of ['/', '/docs', '/graphiql', '/swagger/json', '/swagger/index.html', '/nowhere']) {
          const plain = await get(setting, 'gateway', target, ['host: 127.0.0.1']);
          const told = await get(setting, 'gateway', target, ['host: 127.0.0.1', `${name}: ${value}`]);
          expect([target, told.status, told.body === plain.body]).toEqual([target, plain.status, true]);
          expect([...told.headers.values()].join('\n')).not.toContain(EVIL);
        }
      },
    );

    it.each(hosts)('a host of %j puts nothing into a page', async (host) => {
      const setting = given();
      for (const target of ['/', '/docs', '/graphiql', '/swagger/index.html']) {
        const plain = await get(setting, 'gateway', target, ['host: 127.0.0.1']);
        const { status, body } = await get(setting, 'gateway', target, [`host: ${host}`]);
        expect([target, status < 500]).toEqual([target, true]);
        if (status !== 200) continue;
        expect([target, withoutValues(body)]).toEqual([target, withoutValues(plain.body)]);
        const links = [...body.matchAll(/href="([^"]*)"/g)].map(([, link = '']) => link);
        for (const link of links) expect(new URL(link, 'http://127.0.0.1').protocol).toBe('http:');
      }
    });
  });
}
