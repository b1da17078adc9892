import pg from 'pg';
import { type SessionNews, sessionMark } from '@shop/shared/auth/session-news';
import { eventually } from '../../../tests/support/eventually.js';
import { AuthService, type Credentials } from './an-auth-service.js';

const CHANGE = 'mutation ($c: String!, $n: String!) { changePassword(current: $c, new: $n) { token } }';
const SET_ROLE = 'mutation ($id: ID!) { setUserRole(userId: $id, role: ADMIN) { id } }';
const DEACTIVATE = 'mutation ($id: ID!) { deactivateUser(userId: $id) { id } }';
const refused = { code: 'UNAUTHENTICATED', message: 'invalid token' };

const sessionOf = ({ token }: Credentials): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid;

describe('a session that has ended', () => {
  let auth: AuthService;
  let administrator: Credentials;
  let sql: pg.Pool;
  beforeAll(async () => {
    auth = await AuthService.start();
    administrator = await auth.asAdmin();
    sql = new pg.Pool({ connectionString: auth.environment['DATABASE_URL'] ?? '', max: 1 });
  });
  afterAll(async () => {
    await sql.end();
    await auth.stop();
  });

  const news = async (from?: number | string, by: 'since' | 'after' = 'since'): Promise<SessionNews> => {
    const response = await fetch(`${auth.url}/.well-known/ended-sessions${from === undefined ? '' : `?${by}=${from}`}`);
    expect(response.status).toBe(200);
    return (await response.json()) as SessionNews;
  };
  const me = ({ token }: Credentials) => auth.field('{ me { username } }', {}, token);

  const ways: [string, (user: Credentials) => Promise<unknown>][] = [
    ['a logout', ({ token }) => auth.field('mutation { logout }', {}, token)],
    ['a changed password', ({ token }) => auth.field(CHANGE, { c: 'a-good-password', n: 'a-better-one' }, token)],
    ['a changed role', ({ user }) => auth.field(SET_ROLE, { id: user.id }, administrator.token)],
    ['a deactivation', ({ user }) => auth.field(DEACTIVATE, { id: user.id }, administrator.token)],
    [
      'a refresh token that came twice',
      async ({ refreshToken }) => {
        await auth.refresh(refreshToken);
        await expect(auth.refresh(refreshToken)).rejects.toMatchObject({ message: 'invalid refresh token' });
      },
    ],
  ];

  it.each(ways)(
    'by %s is told to who asks, and its tokens are refused here at once, by both doors',
    async (what, end) => {
      const name = what.replaceAll(/\W/g, '').slice(0, 30);
      const [user, other] = [await auth.register(name), await auth.register(`${name}2`)];
      const before = await news();
      expect(await me(user)).toEqual({ username: name });
      await end(user);

      const { ended, after } = await news(before.next);
      expect(ended).toContain(sessionMark(sessionOf(user)));
      expect(ended).not.toContain(sessionMark(sessionOf(other)));
      expect(JSON.stringify(ended)).not.toContain(sessionOf(user));
      expect(after).toBeNull();
      await expect(me(user)).rejects.toMatchObject(refused);
      const profile = await fetch(`${auth.url}/api/profile`, { headers: { authorization: `Bearer ${user.token}` } });
      expect([profile.status, await profile.json()]).toEqual([401, { error: 'invalid token' }]);
      expect(await me(other)).toEqual({ username: `${name}2` });
    },
  );

  it.each(ways)('by %s is dated after whatever it waited for', async (what, end) => {
    const user = await auth.register(`w${what.replaceAll(/\W/g, '').slice(0, 30)}`);
    const holder = await sql.connect();
    await holder.query('begin');
    await holder.query('select 1 from users where id = $1 for update', [user.user.id]);
    await holder.query('select 1 from sessions where user_id = $1 for update', [user.user.id]);
    const ending = end(user);
    await eventually(async () => {
      const waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      expect((await holder.query(waiting)).rows).not.toEqual([]);
    });
    const { rows } = await holder.query<{ now: Date }>('select clock_timestamp() as now');
    await holder.query('commit');
    holder.release();
    await ending;
    const ends = await sql.query<{ ended_at: Date }>('select ended_at from sessions where id = $1', [sessionOf(user)]);
    expect(ends.rows[0]?.ended_at.getTime()).toBeGreaterThanOrEqual(rows[0]?.now.getTime() ?? Infinity);
  });

  it('is told as long as a token of it could live, and by whatever time is asked', async () => {
    const user = await auth.register('longago');
    await auth.field('mutation { logout }', {}, user.token);
    const mark = sessionMark(sessionOf(user));
    const endedAgo = (seconds: number) =>
      sql.query(`update sessions set ended_at = now() - make_interval(secs => $1) where id = $2`, [
        ...[seconds, sessionOf(user)],
      ]);
    await endedAgo(3_590);
    const { ended, remember_s } = await news();
    expect(ended).toContain(mark);
    expect(remember_s).toBeGreaterThanOrEqual(3_600);
    expect((await news(Date.now() - 60_000)).ended).not.toContain(mark);
    await endedAgo(3_700);
    expect((await news(0)).ended).not.toContain(mark);
    await endedAgo(1);
    for (const since of [0, Date.now(), Date.now() + 86_400_000, Number.MAX_SAFE_INTEGER, '99999999999999999999'])
      expect((await news(since)).ended).toContain(mark);
  });

  it('is told though its end is committed late, after others were told', async () => {
    const user = await auth.register('slowly');
    const began = new Date();
    const { next } = await news();
    await sql.query('update sessions set ended_at = $1 where id = $2', [began, sessionOf(user)]);
    expect((await news(next)).ended).toContain(sessionMark(sessionOf(user)));
  });

  it.each([
    ['of old', '10 minutes'],
    ['of now', '0 minutes'],
  ])('is told among thousands %s, page by page, those that ended together on one page', async (when, ago) => {
    const { user } = await auth.register(`legion${when.slice(3)}`);
    await sql.query(
      `insert into sessions (id, user_id, created_at, expires_at, ended_at)
       select gen_random_uuid(), $1, now(), now() + interval '1 day',
         date_trunc('milliseconds', now()) - $2::interval - interval '3 seconds' + make_interval(secs => n / 4000)
       from generate_series(1, 12000) n`,
      [user.id, ago],
    );
    const { rows } = await sql.query<{ id: string }>('select id from sessions where user_id = $1', [user.id]);
    const seen = new Set<string>();
    let page = await news();
    for (let pages = 1; page.after !== null; pages += 1) {
      expect(pages).toBeLessThan(10);
      page.ended.forEach((mark) => seen.add(mark));
      page = await news(page.after, 'after');
    }
    page.ended.forEach((mark) => seen.add(mark));
    const ended = rows.map(({ id }) => sessionMark(id)).filter((mark) => seen.has(mark));
    // All but the one that has not ended.
    expect(ended).toHaveLength(12_000);
  });

  it('is told to nobody who asks after a time that has yet to come', async () => {
    for (const after of [Date.now() + 86_400_000, Number.MAX_SAFE_INTEGER])
      expect(await news(after, 'after')).toMatchObject({ ended: [], after: null });
  });

  it.each(['x', '-1', '1.5', '', '1&since=2'])('is told to nobody who asks since %j', async (since) => {
    const response = await fetch(`${auth.url}/.well-known/ended-sessions?since=${since}`);
    expect([response.status, await response.json()]).toEqual([400, { error: expect.stringContaining('since') }]);
  });

  it('is found by its index', async () => {
    await sql.query('set enable_seqscan = off');
    const plan = await sql.query<{ 'QUERY PLAN': string }>(
      'explain select id from sessions where ended_at > now() order by ended_at fetch first 5000 rows with ties',
    );
    expect(JSON.stringify(plan.rows)).toContain('sessions_ended');
  });
});
