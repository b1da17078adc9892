import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { eventually } from '../../../tests/support/eventually.js';
import { tcpProxy } from '../../../tests/support/tcp-proxy.js';
import { TestAuth } from '../../../tests/support/test-auth.js';
import { EndedSessions } from '../../src/auth/ended-sessions.js';
import { sessionMark } from '../../src/auth/session-news.js';
import { silentLogger } from '../../src/logging/logger.js';

describe('the sessions that ended', () => {
  let auth: TestAuth;
  const started: EndedSessions[] = [];
  beforeEach(async () => (auth = await TestAuth.start()));
  afterEach(async () => {
    for (const sessions of started.splice(0)) await sessions.stop();
    await auth.stop();
  });
  const start = async (options: Partial<ConstructorParameters<typeof EndedSessions>[0]> = {}) => {
    const sessions = new EndedSessions({ url: auth.sessionsUrl, logger: silentLogger, pauseMs: 20, ...options });
    started.push(sessions);
    await sessions.start();
    return sessions;
  };
  const news = (ended: string[], more: Partial<ReturnType<NonNullable<TestAuth['news']>>> = {}) => ({
    ...{ ended: ended.map(sessionMark), next: 1, after: null, remember_s: 3_600 },
    ...more,
  });

  it('are known from the start on, and each other soon after', async () => {
    const [before, after, other] = [randomUUID(), randomUUID(), randomUUID()];
    auth.endSession(before);
    const sessions = await start();
    expect([sessions.has(before), sessions.has(after), sessions.has(other)]).toEqual([true, false, false]);
    auth.endSession(after);
    await eventually(() => expect(sessions.has(after)).toBe(true));
    expect(sessions.has(other)).toBe(false);
  });

  it('are asked for at once while there are more, and then from what the first page told', async () => {
    const pages = [news(['a'], { next: 1, after: 7 }), news(['b'], { next: 2, after: 8 }), news(['c'], { next: 3 })];
    auth.news = () => pages.shift() ?? news([], { next: 4 });
    const sessions = await start();
    expect(auth.questions.slice(0, 3)).toEqual(['', 'after=7', 'after=8']);
    expect(['a', 'b', 'c'].map((each) => sessions.has(each))).toEqual([true, true, true]);
    await eventually(() => expect(auth.questions.slice(3, 5)).toEqual(['since=1', 'since=4']));
  });

  it('are asked for again after a pause when a page leads no further, and what it told is known', async () => {
    auth.news = () => news(['a'], { after: 7 });
    const sessions = await start({ pauseMs: 60_000 });
    expect(auth.questions).toEqual(['', 'after=7']);
    expect(sessions.has('a')).toBe(true);
  });

  it('are forgotten when the last token of theirs has expired, however often they are told', async () => {
    // Told again, they would live for an hour if that counted.
    const answers = [news(['a', 'b'], { remember_s: 2 }), news(['a', 'b'])];
    auth.news = () => answers.shift() ?? news([]);
    const sessions = await start();
    expect(sessions.size).toBe(2);
    await eventually(() => expect(auth.questions.length).toBeGreaterThan(2));
    await eventually(() => expect(sessions.size).toBe(0), { timeoutMs: 10_000 });
  });

  it('are asked for again soon as long as nothing was told, whatever the pause', async () => {
    auth.news = (() => ({})) as never;
    const sessions = await start({ pauseMs: 60_000 });
    auth.endSession('a');
    await expect(sessions.hasEnded('b')).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    auth.news = undefined;
    await eventually(() => expect(sessions.has('a')).toBe(true));
    expect(await sessions.hasEnded('b')).toBe(false);
  });

  it('are told to who watches them, once, and to nobody else', async () => {
    const sessions = await start();
    const [id, other] = [randomUUID(), randomUUID()];
    const told: string[] = [];
    sessions.watch(id, () => told.push('one'));
    sessions.watch(id, () => told.push('two'));
    sessions.watch(other, () => told.push('other'));
    sessions.watch(id, () => told.push('gone'))();
    auth.endSession(id);
    await eventually(() => expect(told).toEqual(['one', 'two']));
    sessions.watch(id, () => told.push('late'));
    await eventually(() => expect(told).toEqual(['one', 'two', 'late']));
  });

  it('still count while auth is away, which is said once, as is its return', async () => {
    const lines: string[] = [];
    const logger = pino({ messageKey: 'message' }, { write: (line: string) => void lines.push(line) });
    const proxy = await tcpProxy(auth.sessionsUrl);
    const id = randomUUID();
    auth.endSession(id);
    const url = auth.sessionsUrl.replace(new URL(auth.sessionsUrl).host, proxy.host);
    const sessions = await start({ url, logger, silenceMs: 100 });
    const said = () => lines.map((line) => (JSON.parse(line) as { message: string }).message);

    await proxy.close();
    const silence = ['auth does not tell which sessions have ended: those known count'];
    await eventually(() => expect(said()).toEqual(silence));
    expect(sessions.has(id)).toBe(true);
    const meanwhile = randomUUID();
    auth.endSession(meanwhile);
    await proxy.open();
    await eventually(() => expect(sessions.has(meanwhile)).toBe(true));
    expect(said()).toEqual([...silence, 'auth tells again which sessions have ended']);
    await proxy.close();
  });

  it.each([
    ['nonsense', () => ({ ended: 'all' })],
    ['nothing', () => ({})],
  ])('are not lost when auth answers %s', async (_what, answer) => {
    auth.endSession('a');
    const sessions = await start();
    auth.news = answer as never;
    const asked = auth.questions.length;
    await eventually(() => expect(auth.questions.length).toBeGreaterThan(asked + 1));
    auth.news = undefined;
    auth.endSession('b');
    await eventually(() => expect(sessions.has('b')).toBe(true));
    expect(sessions.has('a')).toBe(true);
  });

  it('keep nobody from starting or stopping while auth says nothing', async () => {
    const proxy = await tcpProxy(auth.sessionsUrl);
    const sessions = await start({ url: auth.sessionsUrl.replace(new URL(auth.sessionsUrl).host, proxy.host) });
    proxy.passages().forEach((passage) => passage.swallow());
    const asked = auth.questions.length;
    const since = performance.now();
    await sessions.stop();
    expect(performance.now() - since).toBeLessThan(1_000);
    expect(auth.questions.length).toBeLessThanOrEqual(asked + 1);
    await proxy.close();
  });
});
