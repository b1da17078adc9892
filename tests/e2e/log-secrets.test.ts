import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { RunningShop } from './running-shop.js';
import { eventually } from '../support/eventually.js';

/** What must never be seen: part of every secret that this test sends. */
const MARK = `Zz${randomUUID().replaceAll('-', '')}`;
/** As in the lists of test cards. */
const CARD = '4111111111111111';
const name = `s${randomUUID().replaceAll('-', '').slice(0, 20)}`;
const email = `${name}@example.com`;

describe('the log of a shop that says all it can', () => {
  let shop: RunningShop;
  const answers: string[] = [];

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${shop.gateway}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    answers.push(text);
    return { status: response.status, text };
  };
  const graphql = (query: string, variables: object = {}, headers: Record<string, string> = {}) =>
    post('/graphql', { query, variables }, headers);

  beforeAll(async () => {
    shop = await RunningShop.start('embedded', {
      LOG_LEVEL: 'trace',
      LOG_STDOUT_LEVEL: 'trace',
      LOGIN_RATE_LIMIT: '0',
    });
  });
  afterAll(() => shop?.stop());

  test('none of the secrets that its clients send is in it', async () => {
    const password = `p ${MARK} 1`;
    await post('/auth/register', { email, username: name, password });
    await post('/auth/login', { login: email, password });
    await post('/auth/login', { login: email, password: `${MARK}wrong` });
    await post('/auth/login', `{"login":"${email}","password":"${MARK}`);
    const login = 'mutation Login($l: String!, $p: String!) { login(login: $l, password: $p) { token refreshToken } }';
    const { text } = await graphql(login, { l: email, p: password });
    const { data } = JSON.parse(text) as { data: { login: { token: string; refreshToken: string } } };
    const { token, refreshToken } = data.login;
    const authorization = `Bearer ${token}`;
    const change = 'mutation Change($c: String!, $n: String!) { changePassword(current: $c, new: $n) { token } }';
    await graphql(change, { c: `${MARK}current`, n: `${MARK}next` }, { authorization });
    await graphql(`mutation { changePassword(current: "${MARK}", new: "${MARK}") { token } }`, {}, { authorization });
    await graphql(`mutation { login(login: "x", password: "${MARK}") { token `);
    await graphql('mutation R($t: String!) { refreshToken(refreshToken: $t) { token } }', { t: `${MARK}refresh` });
    await graphql('mutation R($t: String!) { refreshToken(refreshToken: $t) { token } }', { t: refreshToken });
    await graphql('{ me { id } }', {}, { authorization: `Bearer ${MARK}` });
    await graphql('{ me { id } }', {}, { authorization: `Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.${MARK}` });
    await graphql('{ me { id } }', {}, { cookie: `session=${MARK}`, authorization: `Basic ${MARK}` });
    await fetch(`${shop.gateway}/products/1?access_token=${MARK}`, { headers: { cookie: `a=${MARK}`, authorization } });
    await fetch(`${shop.gateway}/orders?token=${MARK}`, { headers: { authorization: `Bearer ${MARK}` } });
    await fetch(`${shop.gateway}/nowhere?password=${MARK}`);
    for (const id of [`eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.${MARK}`, `ghp_${MARK}`, token, CARD]) {
      const headers = { 'x-request-id': id };
      await graphql('{ me { id } }', {}, headers);
      const { headers: answered } = await fetch(`${shop.gateway}/products/1`, { headers });
      expect(answered.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(answers.filter((answer) => answer.includes('"token"')).length).toBeGreaterThan(1);

    const entries = await eventually(
      async () => {
        const all = await loggedEntries(shop.database('logger'));
        expect(all.length).toBeGreaterThan(10);
        return all;
      },
      { timeoutMs: 15_000 },
    );
    for (const secret of [MARK, token, refreshToken, CARD]) {
      expect(shop.said).not.toContain(secret);
      expect(entries.join('\n')).not.toContain(secret);
    }
  });
});

/** Everything that the logger keeps, a row each. */
async function loggedEntries(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ entry: string }>('select log_entries::text as entry from log_entries');
    return rows.map(({ entry }) => entry);
  } finally {
    await client.end();
  }
}
