import { AuthService } from './an-auth-service.js';

describe('registering', () => {
  let auth: AuthService;
  beforeAll(async () => (auth = await AuthService.start()));
  afterAll(() => auth.stop());

  const input = (username: string) => ({ email: `${username}@example.com`, username, password: 'a-good-password' });

  it('answers 201 with the user and nothing of the password', async () => {
    const [status, body] = await auth.post('/auth/register', { ...input('Lan'), email: 'Lan@Example.com', extra: 1 });
    expect(status).toBe(201);
    expect(body).toEqual({ id: expect.any(Number), email: 'lan@example.com', username: 'Lan' });
  });

  it('takes an email and a username once, whatever the case', async () => {
    await auth.register('minh');
    expect(await auth.post('/auth/register', { ...input('other1'), email: 'MINH@example.com' })).toEqual([
      400,
      { error: 'email already in use' },
    ]);
    expect(await auth.post('/auth/register', { ...input('other2'), username: 'MINH' })).toEqual([
      400,
      { error: 'username already in use' },
    ]);
    await expect(auth.register('minh')).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'email' });
  });

  it('gives one of many who register the same at once the account, and the others the reason', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        auth.post('/auth/register', { ...input('race'), ...(index % 2 && { email: `race${index}@example.com` }) }),
      ),
    );
    const statuses = answers.map(([status]) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 11 }, () => 400)]);
    for (const [status, body] of answers) {
      if (status === 400) expect(['email already in use', 'username already in use']).toContain(body['error']);
    }
  });

  it('keeps nobody from signing in, however many register', async () => {
    await auth.register('steadfast');
    const ended: string[] = [];
    const registering = Array.from({ length: 40 }, async (_, n) => {
      const [status] = await auth.post('/auth/register', input(`crowd${n}`));
      ended.push(`registered: ${status}`);
    });
    const [status] = await auth.post('/auth/login', { login: 'steadfast', password: 'a-good-password' });
    ended.push('signed in');
    await Promise.all(registering);
    expect([status, ...ended.filter((each) => each !== 'signed in')]).toEqual([
      200,
      ...Array(40).fill('registered: 201'),
    ]);
    expect(ended.indexOf('signed in')).toBeLessThan(20);
  });

  it.each([
    [{ ...input('a1b'), email: 'nothing' }, /^email/],
    [{ ...input('a1b'), username: 'a' }, /^username/],
    [{ ...input('a1b'), username: 'a b c' }, /^username/],
    [{ ...input('a1b'), password: 'short' }, /^password/],
    [{ ...input('a1b'), password: 12_345_678 }, /^password/],
    [{ ...input('a1b'), email: 'a\0@example.com' }, /^email/],
    [{}, /^email/],
    [[], /./],
    ['{', /JSON/],
  ])('answers 400 and one sentence for %j', async (body, sentence) => {
    const [status, answer] = await auth.post('/auth/register', body);
    expect([status, answer]).toEqual([400, { error: expect.stringMatching(sentence) }]);
  });

  it('signs in by GraphQL at once', async () => {
    const { token, user, expiresIn } = await auth.register('hoa');
    expect([user.role, expiresIn]).toEqual(['CUSTOMER', 3_600]);
    expect(await auth.field('{ me { id username } }', {}, token)).toEqual({ id: user.id, username: 'hoa' });
  });
});
