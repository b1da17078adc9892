import { playThreeOrders } from './demo/three-orders.js';
import { Refused } from './demo/shopper.js';
import { addressOf, defaultAdminEmail } from './environment.js';
import { planPorts } from './ports.js';
import { dataFolderOf, developmentSecrets } from './secrets.js';

// Plays three orders against the shop that npm start runs from this folder, or the one at GATEWAY_URL.
const say = (line: string) => void process.stdout.write(`${line}\n`);
const { env } = process;
const gateway = env['GATEWAY_URL'] || addressOf(planPorts(env).gateway, env['HOST']);
const admin = {
  email: env['ADMIN_EMAIL'] || defaultAdminEmail,
  password: env['ADMIN_PASSWORD'] || developmentSecrets(dataFolderOf(process.cwd(), env)).adminPassword,
};

try {
  await playThreeOrders({ gateway, admin, say });
  say('\nAll three ended as they should.');
  if (!env['GATEWAY_URL']) say(`What the two were written: ${addressOf(planPorts(env).mailer, env['HOST'])}/mail`);
} catch (error) {
  say(`\n${explained(error)}`);
  process.exitCode = 1;
}

function explained(error: unknown): string {
  if (error instanceof TypeError && error.message === 'fetch failed')
    return `Nothing answers at ${gateway}: run npm start first.`;
  if (error instanceof Refused && error.code === 'UNAUTHENTICATED')
    return `The administrator could not log in: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
