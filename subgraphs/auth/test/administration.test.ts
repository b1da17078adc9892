import { seed } from '@shop/auth/seed';
import { createSystem } from '@shop/auth/system';
import { freePort } from '../../../tests/support/free-port.js';
import { admin, AuthService, type Credentials } from './an-auth-service.js';

interface Users {
  edges: { cursor: string; node: { id: string; username: string } }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
}

const USERS = `query ($first: Int, $after: String) {
  users(first: $first, after: $after) {
    edges { cursor node { id username } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
const SET_ROLE = 'mutation ($id: ID!, $role: Role!) { setUserRole(userId: $id, role: $role) { id role } }';
const DEACTIVATE = 'mutation ($id: ID!) { deactivateUser(userId: $id) { id } }';
const ENTITIES = `query ($ids: [_Any!]!) { _entities(representations: $ids) { ... on User { id username } } }`;
const user = (id: unknown) => ({ __typename: 'User', id });

describe('administration', () => {
  let auth: AuthService;
  let administrator: Credentials;
  let customer: Credentials;
  beforeAll(async () => {
    auth = await AuthService.start();
    administrator = await auth.asAdmin();
    customer = await auth.register('customer');
  });
  afterAll(() => auth.stop());

  it('begins with the administrator of the settings', () =>
    expect(administrator.user).toMatchObject({ email: admin.email, username: 'admin', role: 'ADMIN' }));

  it('seeds one administrator, however often and at once', async () => {
    await Promise.all(Array.from({ length: 4 }, () => seed(auth.environment)));
    const { edges } = await auth.field<Users>(USERS, { first: 100 }, administrator.token);
    expect(edges.filter(({ node }) => node.username.startsWith('admin'))).toHaveLength(1);
  });

  it('seeds the administrator beside a customer who took the name', async () => {
    const other = await AuthService.start({ ADMIN_EMAIL: '', ADMIN_PASSWORD: '' });
    await other.register('Admin');
    await seed({ ...other.environment, ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password });
    expect((await other.asAdmin()).user.role).toBe('ADMIN');
    await other.stop();
  });

  it('lists users page by page', async () => {
    for (const name of ['p1x', 'p2x', 'p3x']) await auth.register(name);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Users = await auth.field<Users>(USERS, { first: 2, after }, administrator.token);
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...page.edges.map(({ node }) => node.username));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen.slice(0, 3)).toEqual(['p3x', 'p2x', 'p1x']);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain('customer');
  });

  it.each([{ first: 0 }, { first: 101 }, { after: 'nonsense' }, { after: 'e30' }])('refuses the page %j', (variables) =>
    expect(auth.field(USERS, variables, administrator.token)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' }),
  );

  it('is for administrators', async () => {
    for (const [query, variables] of [
      [USERS, {}],
      [SET_ROLE, { id: customer.user.id, role: 'ADMIN' }],
      [DEACTIVATE, { id: administrator.user.id }],
    ] as const) {
      await expect(auth.field(query, variables, customer.token)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(auth.field(query, variables)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  it("sets a role and ends the user's sessions", async () => {
    const promoted = await auth.register('promoted');
    expect(await auth.field(SET_ROLE, { id: promoted.user.id, role: 'ADMIN' }, administrator.token)).toEqual({
      id: promoted.user.id,
      role: 'ADMIN',
    });
    await expect(auth.refresh(promoted.refreshToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await auth.logIn('promoted', 'a-good-password')).user.role).toBe('ADMIN');
  });

  it('deactivates a user for good', async () => {
    const gone = await auth.register('gone');
    await auth.field(DEACTIVATE, { id: gone.user.id }, administrator.token);
    await expect(auth.logIn('gone', 'a-good-password')).rejects.toMatchObject({ message: 'invalid credentials' });
    await expect(auth.refresh(gone.refreshToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    const refused = { code: 'UNAUTHENTICATED', message: 'invalid token' };
    await expect(auth.field('{ me { id } }', {}, gone.token)).rejects.toMatchObject(refused);
  });

  it("trusts nobody's old token: not after a demotion, a deactivation, or a logout", async () => {
    const [demoted, gone, out] = [
      await auth.anAdmin('demoted'),
      await auth.anAdmin('gone2'),
      await auth.anAdmin('out'),
    ];
    await auth.field(SET_ROLE, { id: demoted.user.id, role: 'CUSTOMER' }, administrator.token);
    await auth.field(DEACTIVATE, { id: gone.user.id }, administrator.token);
    await auth.field('mutation { logout }', {}, out.token);
    for (const { token, user: self } of [demoted, gone, out]) {
      for (const id of [self.id, customer.user.id, administrator.user.id]) {
        const refused = { code: 'UNAUTHENTICATED' };
        await expect(auth.field(SET_ROLE, { id, role: 'ADMIN' }, token)).rejects.toMatchObject(refused);
        await expect(auth.field(DEACTIVATE, { id }, token)).rejects.toMatchObject(refused);
      }
    }
    await expect(auth.field('{ me { role } }', {}, demoted.token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await auth.field('{ me { role } }', {}, administrator.token)).toEqual({ role: 'ADMIN' });
  });

  it('keeps the last administrator, also from administrators who leave at the same time', async () => {
    const other = await AuthService.start();
    const first = await other.asAdmin();
    const last = { code: 'CONFLICT' };
    const leave = ({ token, user: { id } }: Credentials, how: string) =>
      other.field(how, { id, role: 'CUSTOMER' }, token);
    const demote = SET_ROLE.replace('$role: Role!', '$role: Role! = CUSTOMER');
    await expect(leave(first, demote)).rejects.toMatchObject(last);
    await expect(leave(first, DEACTIVATE)).rejects.toMatchObject(last);
    let admins = [first];
    for (let run = 0; run < 5; run += 1) {
      for (const name of ['second', 'third']) admins.push(await other.anAdmin(`${name}${run}`, admins[0]));
      const outcomes = await Promise.allSettled(
        admins.map((admin, index) => leave(admin, index % 2 ? demote : DEACTIVATE)),
      );
      admins = admins.filter((_, index) => outcomes[index]?.status === 'rejected');
      expect(admins).toHaveLength(1);
      expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: last });
    }
    await other.stop();
  });

  it('lets two administrators who demote each other at the same time do it once', async () => {
    const [one, two] = [await auth.anAdmin('one1'), await auth.anAdmin('two2')];
    const outcomes = await Promise.allSettled([
      auth.field(SET_ROLE, { id: two.user.id, role: 'CUSTOMER' }, one.token),
      auth.field(SET_ROLE, { id: one.user.id, role: 'CUSTOMER' }, two.token),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('leaves no session behind when a login and a deactivation meet', async () => {
    for (let run = 0; run < 10; run += 1) {
      const { user: met } = await auth.register(`met${run}`);
      const [login] = await Promise.allSettled([
        auth.logIn(met.username, 'a-good-password'),
        auth.field(DEACTIVATE, { id: met.id }, administrator.token),
      ]);
      if (login.status === 'fulfilled')
        await expect(auth.refresh(login.value.refreshToken)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
  });

  it('says NOT_FOUND for a user that is not there', async () => {
    for (const [query, variables] of [
      [SET_ROLE, { id: '999999', role: 'ADMIN' }],
      [DEACTIVATE, { id: '999999' }],
    ] as const)
      await expect(auth.field(query, variables, administrator.token)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['0', 'x', '', '99999999999999999999'])('says that %j is no id', async (id) => {
    const expected = { code: 'BAD_USER_INPUT', field: 'userId', message: 'invalid id' };
    await expect(auth.field(DEACTIVATE, { id }, administrator.token)).rejects.toMatchObject(expected);
    const variables = { id, role: 'CUSTOMER' };
    await expect(auth.field(SET_ROLE, variables, administrator.token)).rejects.toMatchObject(expected);
  });

  it('takes a null length of a page for the usual one', async () => {
    const { edges } = await auth.field<Users>(USERS, { first: null }, administrator.token);
    expect(edges.length).toBeGreaterThan(1);
  });

  it('shows a user to themselves and to administrators, by key too', async () => {
    const other = await auth.register('other');
    const ids = [user(customer.user.id), user(other.user.id), user('x'), user('999999'), user({ toString: 1 })];
    const [own, others, bad, unknown, odd] = await auth.field<unknown[]>(ENTITIES, { ids }, customer.token);
    expect([own, others, bad, unknown, odd]).toEqual([
      { id: customer.user.id, username: 'customer' },
      null,
      null,
      null,
      null,
    ]);
    const all = await auth.field<unknown[]>(ENTITIES, { ids }, administrator.token);
    expect(all.map(Boolean)).toEqual([true, true, false, false, false]);
    expect(await auth.field(ENTITIES, { ids })).toEqual([null, null, null, null, null]);
  });

  it('has no me without a token', () =>
    expect(auth.field('{ me { id } }')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' }));
});

describe('the auth service', () => {
  it('says when it is ready, and describes its routes', async () => {
    const auth = await AuthService.start();
    expect((await fetch(`${auth.url}/readyz`)).status).toBe(200);
    const document = (await (await fetch(`${auth.url}/swagger/json`)).json()) as { paths: object };
    expect(Object.keys(document.paths).sort()).toEqual([
      ...['/.well-known/ended-sessions', '/api/profile', '/auth/login', '/auth/register'],
    ]);
    await auth.stop();
  });

  it('starts twice on one empty database', async () => {
    const auth = await AuthService.start();
    const second = createSystem({ ...auth.environment, PORT: String(await freePort()) });
    await second.start();
    await second.stop();
    await auth.stop();
  });

  it('names every setting that is wrong, and shows none', () => {
    const settings = { PORT: 'x', DATABASE_URL: 'nothing', JWT_PRIVATE_KEY: 'my-secret' };
    expect(() => createSystem(settings)).toThrow(/PORT[^]*DATABASE_URL[^]*JWT_PRIVATE_KEY/);
    expect(() => createSystem(settings)).not.toThrow(/my-secret/);
  });
});
