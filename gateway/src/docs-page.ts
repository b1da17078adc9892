import { createHash } from 'node:crypto';
import type { ServiceState } from './readiness.js';

/** A service as the page shows it. */
export interface DocumentedService {
  readonly name: string;
  readonly state: ServiceState;
  /** Its address for the reader's browser; null where it is not known to have Swagger UI, or not for the reader to know. */
  readonly address: string | null;
}

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
  table { width: 100%; border-collapse: collapse }
  th, td { padding: .5rem .5rem .5rem 0; border-bottom: 1px solid #8884; text-align: left }
  .ready { color: light-dark(#16653a, #6fd39b) }
  .away, .not { color: light-dark(#a3271f, #ff9b92) }
`;

/** The page holds all it needs: nothing is loaded for it, and nothing runs in it. */
export const docsPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "img-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What there is at the gateway itself to lead to. */
interface Documented {
  readonly explorers: boolean;
  readonly rest: boolean;
}

/** The one page that leads to every other: the explorers of the graph, where there are any, and each service's Swagger UI. */
export function docsPage(services: readonly DocumentedService[], { explorers, rest }: Documented): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Shop: documentation</title>
<style>${style}</style>
</head>
<body>
<h1>Shop</h1>
<h2>GraphQL</h2>
<p>One graph over all services, at <code>/graphql</code>.</p>
${explorers ? explorerLinks : ''}<h2>REST</h2>
${rest ? forwarded : ''}
<table>
<thead><tr><th>service</th><th>state</th><th>Swagger UI</th><th>OpenAPI document</th></tr></thead>
<tbody>
${services.map(row).join('\n')}
</tbody>
</table>
${mail(services)}<p><a href="/readyz">Readiness</a> as JSON.</p>
</body>
</html>
`;
}

const explorerLinks = `<ul>
<li><a href="/graphiql">GraphiQL</a>, which works without the internet</li>
<li><a href="/graphql">Apollo Sandbox</a>, which needs it</li>
</ul>
`;

const forwarded = `<p>The routes of every service also answer here, under the same paths: they have one
<a href="/swagger/index.html">Swagger UI</a>, and their OpenAPI document as <a href="/swagger/json">JSON</a> or
<a href="/swagger/yaml">YAML</a>. Each service has its own too.</p>`;

/** The mailer shows what it wrote, or says where it went. */
function mail(services: readonly DocumentedService[]): string {
  const address = services.find(({ name }) => name === 'mailer')?.address;
  return address ? `<p><a href="${escaped(`${address}/mail`)}">Mail</a> that customers were sent.</p>\n` : '';
}

function row({ name, state, address }: DocumentedService): string {
  const link = (path: string, text: string) =>
    address === null ? '' : `<a href="${escaped(`${address}/swagger/${path}`)}">${escaped(text)}</a>`;
  const cells = [
    `<td>${escaped(name)}</td>`,
    `<td class="${escaped(state)}">${escaped(state)}</td>`,
    `<td>${link('index.html', name)}</td>`,
    `<td>${link('json', 'JSON')} ${link('yaml', 'YAML')}</td>`,
  ];
  return `<tr>${cells.join('')}</tr>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
