import { redactText } from './redact-text.js';
import { redact } from './redaction.js';

/** What must never be seen; each place below hides it in another way. */
const MARK = 'XyZZy5ecret';
const JWT = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.${MARK}`;
const CARD = '4111111111111111';
const PEM = `-----BEGIN PRIVATE KEY-----\n${MARK}\n-----END PRIVATE KEY-----`;

const throwing = {
  get bad(): string {
    throw new Error('no');
  },
  password: MARK,
};
const circular: Record<string, unknown> = { token: MARK };
circular['self'] = circular;

const values: readonly (readonly [string, unknown])[] = [
  ...['password', 'currentPassword', 'new_password', 'passwd', 'pwd', 'passphrase', 'token', 'refresh_token'].map(
    named,
  ),
  ...['accessToken', 'Authorization', 'cookie', 'set-cookie', 'X-Api-Key', 'apiKey', 'client_secret'].map(named),
  ...['private_key', 'credentials', 'cvv', 'pin', 'jwt', 'access_key', 'tokens'].map(named),
  ...['pass', 'dbPass', 'DB_PASS', 'pw', 'auth', 'session', 'sessionId', 'session_id', 'sid', 'connect.sid'].map(named),
  ...['x-auth-key', 'X-Auth-Request'].map(named),
  ['what is in auth', { auth: { user: 'shop', pass: MARK } }],
  ['a key of an object', { [`Bearer ${MARK}`]: 1 }],
  ['a key that is a token', { seen: { [JWT]: true } }],
  ['a token as an id', { request_id: JWT }],
  ['variables of changePassword', { variables: { current: MARK, new: MARK } }],
  ['a token in an array', { tokens: [MARK] }],
  ['nested', { a: [{ b: { password: MARK } }] }],
  ['a map', new Map([['password', MARK]])],
  ['a map of maps', { headers: new Map([['x', new Map([['cookie', MARK]])]]) }],
  ['a set', new Set([{ token: MARK }])],
  ['raw headers', ['Host', 'example.com', 'Cookie', `a=${MARK}`]],
  ['pairs of headers', [['cookie', `a=${MARK}`]]],
  ['named values', [{ name: 'authorization', value: MARK }]],
  ['a buffer', { body: Buffer.from(MARK) }],
  ['a toJSON', { toJSON: () => ({ password: MARK }) }],
  ['a getter that throws', throwing],
  ['a circle', circular],
  ['an error', new Error(`refused: Bearer ${MARK}`)],
  ["an error's cause", new Error('outer', { cause: new Error(`password=${MARK}`) })],
  ["an error's fields", Object.assign(new Error('no'), { input: `amqp://shop:${MARK}@host` })],
  ['errors of an error', new AggregateError([new Error(`token=${MARK}`)], 'several')],
];
function named(name: string): readonly [string, unknown] {
  return [name, { [name]: MARK }];
}

const texts: readonly string[] = [
  JWT,
  `prefix_${JWT}`,
  `Authorization: Bearer ${MARK}`,
  `authorization: Basic ${MARK}`,
  `Bearer   ${MARK}`,
  `Cookie: a=b; session=${MARK}`,
  `Set-Cookie: id="x"; b=${MARK}`,
  `{"cookie":"a=\\"x\\"; b=${MARK}","c":1}`,
  ...['amqp', 'postgres', 'redis', 'smtp', 'amqps'].map((scheme) => `${scheme}://shop:${MARK}@host:5672/x`),
  `postgres://shop:p@${MARK}@host/x`,
  `postgres://shop:p/${MARK}@host/x`,
  `https://${MARK}@host/x`,
  `connect to redis://:${MARK}@host failed`,
  `GET /x?a=1&access_token=${MARK}&b=2`,
  `GET /x?key=${MARK}`,
  `GET /callback?code=${MARK}`,
  `password=${MARK}`,
  `password: "two words ${MARK}"`,
  `password = two words ${MARK}`,
  `'password': '${MARK}'`,
  `{"refresh_token":"${MARK}"}`,
  `{"a":"{\\"password\\":\\"x y ${MARK}\\"}"}`,
  `{"password":"a\\"${MARK}"}`,
  `cut off: {"password":"${MARK}`,
  `mutation { login(login: "a", password: "${MARK}") { token } }`,
  `mutation { changePassword(current: "${MARK}", new: "${MARK}") { token } }`,
  `apiKey=${MARK}`,
  'sk_live_' + MARK + 'abcdef',
  'ghp_' + MARK + MARK,
  `pass=${MARK}`,
  `pw: ${MARK}`,
  `DB_PASS=${MARK}`,
  `x-auth-key: ${MARK}`,
  `sessionId=${MARK}`,
  `a=1&password%3D${MARK}`,
  `%7B%22password%22%3A%22${MARK}%22%7D`,
  `duplicate key: Key (token)=(${MARK}) already exists.`,
  `Key (user_id, refresh_token_hash)=(1, a) ${MARK}) already exists.`,
  `Failing row contains (1, a@example.com, ${MARK}).`,
  `Variable "$p" got invalid value "${MARK}" at "p.password"; String cannot represent: "${MARK}"`,
  `{"message":"Variable \\"$p\\" got invalid value \\"${MARK}\\" at \\"p.password\\""}`,
  PEM,
  PEM.slice(0, 40) + MARK,
];

test.each(values)('%s does not leak', (_name, value) => {
  expect(JSON.stringify(redact(value))).not.toContain(MARK);
});

test.each(texts)('%s does not leak', (text) => {
  expect(redactText(text)).not.toContain(MARK);
});

const cards: readonly unknown[] = [
  CARD,
  4111111111111111,
  4111111111111111n,
  '4111 1111 1111 1111',
  '4111-1111-1111-1111',
  'paid with 4111 1111 1111 1111.',
  '4111 1111 1111 1111 123',
  '2026 4111 1111 1111 1111',
  `{"n":"${CARD}"}`,
  'n=378282246310005',
  { a: [[CARD]] },
  { number: [4111111111111111] },
  new Error(`card ${CARD}`),
  ...['.', '/', '_', '\t', '  ', '\u2013', ' - '].map((between) => CARD.match(/.{4}/g)?.join(between)),
  'card4111111111111111',
  'card.4111111111111111',
  '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 4111 1111 1111 1111',
  { [CARD]: 1 },
  { x: { 'card 4111-1111-1111-1111': 1 } },
];

test.each(cards.map((card) => [card]))('a card number does not leak: %s', (card) => {
  const shown = JSON.stringify(redact(card));
  expect(shown).toContain('[redacted]');
  expect(shown.replace(/\D/g, '')).not.toMatch(/4111111111111111|378282246310005/);
});

const harmless: readonly unknown[] = [
  { order_uuid: '4a1b9c1e-4111-4111-8111-111111111111', trace_id: '41111111111111111111111111111111' },
  { span_id: CARD, request_id: CARD },
  '41111111-1111-4111-8111-111111111111',
  { total: 4111111111111111, price: 4111111111111111, amount: 9007199254740991, stock: 4111111111111111 },
  { order_id: 4111111111111111, unitPrice: 4111111111111111, id: 4111111111111111 },
  { total: 4111, amount: 1000000, currency: 'VND', quantity: 3 },
  { time: '2026-11-22T11:36:25.123Z', at: 1795347385123 },
  { queue: 'orders.order.paid', url: 'http://127.0.0.1:8083/orders/5?limit=20', maxTokens: 2000 },
  'placed order 12345 at 2026-11-22 11:36:25, 3 items, 45.678901234567 s',
  'GET http://host:4000/a@b',
  'bypass=1, compass: north, passes: 3, the session: over',
  { auth: { ok: true }, services: ['cart', 'auth', 'orders'], bypass: 'no', Session: null },
  'took 4.111111111111111 s, 4111.111111111111 ms, from 203.113.128.200/24 and 255.255.255.255:65535',
  'Key (email)=(a@example.com) already exists.',
  { ok: true, none: null, flag: false, password: null },
];

test.each(harmless.map((value) => [value]))('%j stays as it is', (value) => {
  expect(redact(value)).toEqual(value);
});

test('what cannot be in JSON becomes what can', () => {
  expect(redact({ url: new URL('http://host/x'), at: new Date(0), big: 12n, fn: () => 1 })).toEqual({
    ...{ url: 'http://host/x', at: '1970-01-01T00:00:00.000Z', big: '12', fn: undefined },
  });
  expect(redact(new Date(Number.NaN))).toBeNull();
});

test('hostile texts cost little', () => {
  const pieces = [
    'eyJ',
    'a.',
    'a://',
    'a://a:',
    'password="',
    "token='",
    'token=',
    '4 ',
    '4111 ',
    '-----BEGIN PRIVATE KEY-----',
  ];
  const hostile = [
    ...pieces,
    'Key (',
    'Key (token)=(',
    'Key (token ',
    'Variable "$p" got invalid value ',
    'Failing row contains (',
    'pass',
    'x-auth-',
    '%3D',
    '1 ',
    '1..',
    '4.',
    '4 - ',
    '1111/',
    'a1',
    'bearer ',
    'Bearer \t',
    '@',
    ':',
    '\\"',
    '"password":"\\',
    'cookie:',
    '?key',
    '1-',
    'a-',
    '0',
  ];
  for (const piece of hostile) {
    const text = piece.repeat(Math.ceil(16_384 / piece.length));
    // In time of the processor: the machine may be busy with something else. The first time it is compiled, too.
    const took = [1, 2, 3].map(() => {
      const before = process.cpuUsage();
      redactText(text);
      return process.cpuUsage(before).user / 1_000;
    });
    expect({ piece, quick: Math.min(...took) < 50 }).toEqual({ piece, quick: true });
  }
});

test('half a card number at the cut is not left', () => {
  for (const card of [CARD, '4111 1111 1111 1111', '4111 - 1111 - 1111 - 1111'])
    for (let shown = 1; shown <= card.length; shown += 1) {
      const text = redactText(`${'x '.repeat(8_192).slice(shown)}${card} and more`);
      expect(text.replace(/\(\d+ characters\)$/, '')).not.toMatch(/\d/);
    }
});

test('nothing is longer or deeper than a log line should be', () => {
  expect(String(redact('x'.repeat(100_000))).length).toBeLessThan(17_000);
  let deep: unknown = 'end';
  for (let depth = 0; depth < 100; depth += 1) deep = { deep };
  expect(JSON.stringify(redact(deep)).length).toBeLessThan(200);
  expect(redact(Array.from({ length: 1_000 }, () => 1))).toHaveLength(100);
});
