// Somebody whose token a gateway verifies: what auth publishes, and a token that is good by it.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import jwt from 'jsonwebtoken';

/** Publishes a key and an empty list of ended sessions; `token` is good for an hour. */
export async function publishIdentity() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', use: 'sig', alg: 'RS256' };
  const published = {
    '/jwks': { keys: [key] },
    '/sessions': { ended: [], next: 0, after: null, remember_s: 3_600 },
  };
  const server = createServer((request, response) => {
    const body = published[new URL(request.url, 'http://localhost').pathname];
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const claims = { role: 'CUSTOMER', email: 'bench@shop.example', username: 'bench', sid: randomUUID() };
  const token = jwt.sign(claims, privateKey, {
    algorithm: 'RS256',
    keyid: 'bench',
    subject: '7',
    issuer: 'shop',
    audience: 'shop',
    expiresIn: 3_600,
  });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { token, jwksUrl: `${origin}/jwks`, sessionsUrl: `${origin}/sessions`, close: () => server.close() };
}
