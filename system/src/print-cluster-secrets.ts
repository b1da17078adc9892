import { parseArgs } from 'node:util';
import { clusterSecrets } from './cluster-secrets.js';

/** `npm run cluster:secrets -- --smtp smtps://...`: prints the Secrets of deploy/kubernetes, newly made, for `kubectl apply -f -`. */
const { values } = parseArgs({
  options: { smtp: { type: 'string' }, namespace: { type: 'string', default: 'shop' } },
});
if (values.smtp === undefined) {
  process.stderr.write(
    'Say which server takes the mail: npm run cluster:secrets -- --smtp smtps://user:password@host\n',
  );
  process.exitCode = 1;
} else {
  const items = clusterSecrets(values.namespace, values.smtp);
  process.stdout.write(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`);
}
