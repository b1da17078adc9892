import { AuthService, type Credentials } from './an-auth-service.js';
import { eventually } from '../../../tests/support/eventually.js';

const refused = { code: 'UNAUTHENTICATED', message: 'invalid refresh token' };

describe('a session', () => {
  let auth: AuthService;
  beforeAll(async () => (auth = await AuthService.start()));
  afterAll(() => auth.stop());

  it('goes on by its refresh token, a new one each time', async () => {
    const first = await auth.register('one');
    const second = await auth.refresh(first.refreshToken);
    const third = await auth.refresh(second.refreshToken);
    expect(new Set([first, second, third].map(({ refreshToken }) => refreshToken)).size).toBe(3);
    expect(await auth.field('{ me { username } }', {}, third.token)).toEqual({ username: 'one' });
  });

  it('ends, the whole family, when a used token comes again', async () => {
    const first = await auth.register('stolen');
    const elsewhere = await auth.logIn('stolen', 'a-good-password');
    const second = await auth.refresh(first.refreshToken);
    await expect(auth.refresh(first.refreshToken)).rejects.toMatchObject(refused);
    await expect(auth.refresh(second.refreshToken)).rejects.toMatchObject(refused);
    expect((await auth.refresh(elsewhere.refreshToken)).user.username).toBe('stolen');
  });

  it('rotates once however many ask at once', async () => {
    const { refreshToken } = await auth.register('rush');
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => auth.refresh(refreshToken)));
    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    await expect(
      auth.refresh((winners[0] as PromiseFulfilledResult<Credentials>).value.refreshToken),
    ).rejects.toMatchObject(refused);
  });

  it.each(['', 'nonsense', 'x'.repeat(10_000), '\0'])('does not begin by %j', (token) =>
    expect(auth.refresh(token)).rejects.toMatchObject(refused),
  );

  it('ends at logout, and only that one', async () => {
    const here = await auth.register('leaving');
    const elsewhere = await auth.logIn('leaving', 'a-good-password');
    expect(await auth.field('mutation { logout }', {}, here.token)).toBe(true);
    await expect(auth.refresh(here.refreshToken)).rejects.toMatchObject(refused);
    expect((await auth.refresh(elsewhere.refreshToken)).token).toBeTruthy();
    await expect(auth.field('mutation { logout }')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('gives way to a new one when the password changes', async () => {
    const here = await auth.register('careful');
    const elsewhere = await auth.logIn('careful', 'a-good-password');
    const change =
      'mutation ($c: String!, $n: String!) { changePassword(current: $c, new: $n) { token refreshToken } }';
    await expect(auth.field(change, { c: 'wrong', n: 'a-better-password' }, here.token)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'current',
    });
    await expect(auth.field(change, { c: 'a-good-password', n: 'short' }, here.token)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'new',
    });
    const next = await auth.field<Credentials>(change, { c: 'a-good-password', n: 'a-better-password' }, here.token);
    for (const old of [here, elsewhere]) await expect(auth.refresh(old.refreshToken)).rejects.toMatchObject(refused);
    expect((await auth.refresh(next.refreshToken)).token).toBeTruthy();
    await expect(auth.logIn('careful', 'a-good-password')).rejects.toMatchObject({ message: 'invalid credentials' });
    expect((await auth.logIn('careful', 'a-better-password')).token).toBeTruthy();
  });
});

describe('a session past its time', () => {
  it('has ended', async () => {
    const auth = await AuthService.start({ REFRESH_TOKEN_TTL: '1' });
    const { refreshToken } = await auth.register('late');
    const expired = Date.now() + 1_000;
    await eventually(() => expect(Date.now()).toBeGreaterThan(expired));
    await expect(auth.refresh(refreshToken)).rejects.toMatchObject(refused);
    await auth.stop();
  });
});
