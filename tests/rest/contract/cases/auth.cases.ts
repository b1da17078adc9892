import { randomUUID } from 'node:crypto';
import { error, type RestCase } from '../rest-case.js';

const REGISTER = 'POST /auth/register';
const LOGIN = 'POST /auth/login';

const somebody = () => {
  const username = `n${randomUUID().replaceAll('-', '').slice(0, 20)}`;
  return { username, email: `${username}@example.com`, password: 'a long passphrase' };
};
const service = 'auth';
const id = expect.any(Number);
const text = expect.any(String);

const refused = (what: string, json: object, sentence: unknown): RestCase => ({
  ...{ service, route: REGISTER, what, status: 400, body: error(sentence) },
  request: () => ({ json: { ...somebody(), ...json } }),
});

export const authCases: readonly RestCase[] = [
  {
    ...{ service, route: REGISTER, what: 'makes a user', status: 201, body: { id, email: text, username: text } },
    request: () => ({ json: somebody() }),
  },
  {
    ...{ service, route: REGISTER, what: 'ignores fields it does not know', status: 201 },
    body: { id, email: text, username: text },
    request: () => ({ json: { ...somebody(), role: 'ADMIN', id: 1 } }),
  },
  {
    ...{ service, route: REGISTER, what: 'refuses an email in use', status: 400, body: error('email already in use') },
    request: async (front) => ({ json: { ...somebody(), email: (await front.customer()).email } }),
  },
  {
    ...{ service, route: REGISTER, what: 'refuses a username in use', status: 400 },
    body: error('username already in use'),
    request: async (front) => ({ json: { ...somebody(), username: (await front.customer()).username } }),
  },
  refused('refuses what is no email', { email: 'linh' }, 'email must be an email address'),
  refused('refuses a short username', { username: 'ab' }, 'username must be 3 to 40 letters and digits'),
  refused('refuses a username of other signs', { username: 'a-b c' }, 'username must be 3 to 40 letters and digits'),
  refused('refuses a short password', { password: '1234567' }, 'password must be 8 to 128 characters'),
  refused('refuses a long password', { password: 'x'.repeat(129) }, 'password must be 8 to 128 characters'),
  refused('refuses a password that is no text', { password: 12_345_678 }, 'password must be a string'),
  refused('refuses a missing email', { email: undefined }, 'email is required'),
  {
    ...{ service, route: LOGIN, what: 'signs in by email', status: 200 },
    body: expect.objectContaining({ token: text, id, email: text, username: text }),
    request: async (front) => {
      const { email, password } = await front.customer();
      return { json: { login: email, password } };
    },
  },
  {
    ...{ service, route: LOGIN, what: 'signs in by username', status: 200 },
    body: expect.objectContaining({ token: text, id, email: text, username: text }),
    request: async (front) => {
      const { username, password } = await front.customer();
      return { json: { login: username, password } };
    },
  },
  {
    ...{ service, route: LOGIN, what: 'refuses a wrong password', status: 401, body: error('invalid credentials') },
    request: async (front) => ({ json: { login: (await front.customer()).username, password: 'another passphrase' } }),
  },
  {
    ...{ service, route: LOGIN, what: 'refuses somebody unknown', status: 401, body: error('invalid credentials') },
    request: () => ({ json: { login: 'nobody at all', password: 'a long passphrase' } }),
  },
  {
    ...{ service, route: LOGIN, what: 'refuses a missing login', status: 400, body: error('login is required') },
    request: () => ({ json: { password: 'a long passphrase' } }),
  },
  {
    ...{ service, route: 'GET /.well-known/ended-sessions', what: 'tells which sessions ended', status: 200 },
    body: { ended: expect.any(Array), next: expect.any(Number), after: null, remember_s: expect.any(Number) },
    request: () => ({ query: '?since=0' }),
  },
  {
    ...{ service, route: 'GET /.well-known/ended-sessions', what: 'refuses what is no time', status: 400 },
    body: error('since must be a whole number'),
    request: () => ({ query: '?since=yesterday' }),
  },
  {
    ...{ service, route: 'GET /api/profile', what: 'says who calls', status: 200, body: { user_id: id } },
    request: async (front) => ({ token: (await front.customer()).token }),
  },
];
