import { addressOf, type Environment } from './environment.js';
import { processNames, type ProcessName } from './ports.js';

interface Started {
  /** The gateway's. */
  readonly address: string;
  readonly each: Readonly<Record<ProcessName, Environment>>;
  readonly tookSeconds: number;
}

/** What a newcomer wants to know once the system is up: where it is, who may do what, what to try next. */
export function welcome({ address, each, tookSeconds }: Started): string {
  const services = processNames
    .filter((name) => name !== 'gateway')
    .map((name) => `  ${name.padEnd(10)} ${addressOf(Number(each[name]['PORT']), each[name]['HOST'])}`);
  const mailPage = `${addressOf(Number(each.mailer['PORT']), each.mailer['HOST'])}/mail  (what customers were written)`;
  return `
The shop is up, after ${tookSeconds.toFixed(1)} s.

  GraphQL    ${address}/graphql  (queries, WebSocket, multipart; SSE at /graphql/stream)
  Sandbox    ${address}/
  GraphiQL   ${address}/graphiql  (needs no internet)
  Docs       ${address}/docs  (every service's Swagger UI)
  Mail       ${mailPage}
${services.join('\n')}

  Admin      ${each.auth['ADMIN_EMAIL']}  ${each.auth['ADMIN_PASSWORD']}

Next, in another terminal:  npm run demo
Ctrl-C stops everything; the data are kept.
`;
}
