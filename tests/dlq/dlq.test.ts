import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@shop/shared/messaging/bus';
import { PermanentFault } from '@shop/shared/messaging/bus';
import { EmbeddedBus } from '@shop/shared/messaging/embedded-bus';
import { RascalBus } from '@shop/shared/messaging/rascal-bus';
import { eventually } from '../support/eventually.js';
import { testBroker } from '../support/test-broker.js';
import { testDatabase } from '../support/test-database.js';
import { required } from '../support/test-environment.js';

const QUEUE = 'products:order.requested';
const message = {
  correlationId: '0192f0c5-7a3b-7cde-8f00-000000000001',
  type: 'order.requested',
  timestamp: 1_760_000_000_000,
  appId: 'orders',
  headers: {},
  exchange: 'order_exchange' as const,
};
const first = '0192f0c5-7a3b-7cde-8f00-00000000000a';
const second = '0192f0c5-7a3b-7cde-8f00-00000000000b';

/** A bus, the settings by which the command finds it, and how to be rid of both. */
interface Place {
  readonly bus: Bus;
  readonly settings: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}

describe.each<[string, () => Promise<Place>]>([
  ['at RabbitMQ', atRabbitMq],
  ['of the embedded bus', ofTheEmbeddedBus],
])('npm run dlq, with the dead letters %s', (_where, open) => {
  let place: Place;
  let mended = false;
  const handled: string[] = [];

  beforeAll(async () => {
    place = await open();
    place.bus.consume(QUEUE, async ({ messageId }) => {
      if (!mended) throw new PermanentFault('the body is not an order:\u001b[31m red');
      handled.push(messageId);
    });
    await place.bus.start();
    await place.bus.startConsuming();
  });

  afterAll(() => place.dispose());

  it('lists, shows, replays and drops them', async () => {
    const dlq = (...args: string[]) => run(args, place.settings);
    expect(await dlq('list')).toEqual({ code: 0, said: 'There are no dead letters.\n' });
    for (const messageId of [first, second]) await place.bus.publish({ ...message, messageId, body: { no: 'order' } });

    const listed = await eventually(async () => {
      const { said } = await dlq();
      expect(said.trimEnd().split('\n')).toHaveLength(3);
      return said;
    });
    expect(listed).toMatch(/^ID +QUEUE +SERVICE +ATTEMPTS +AGE +REASON\n/);
    expect(listed).toMatch(
      /^[0-9a-f]{12} +products:order\.requested +products +1 +\d+ s +the body is not an order:.\[31m red$/m,
    );
    const ids = [...listed.matchAll(/^[0-9a-f]{12}/gm)].map(([id = '']) => id);

    const shown = await Promise.all(ids.map((id) => dlq('show', id)));
    const letterOf = (messageId: string) => ids[shown.findIndex(({ said }) => said.includes(messageId))] ?? '';
    const ofFirst = letterOf(first);
    const ofSecond = letterOf(second);
    expect(shown[0]?.said).toContain('"no": "order"');
    expect(shown.map(({ said }) => said).join()).not.toContain('\u001b');

    mended = true;
    expect(await dlq('replay', ofFirst)).toEqual({ code: 0, said: `${ofFirst} is back in ${QUEUE}.\n` });
    await eventually(() => expect(handled).toEqual([first]));
    expect(await dlq('replay', ofFirst)).toEqual({ code: 1, said: `There is no dead letter ${ofFirst}.\n` });
    expect(await dlq('drop', ofSecond)).toEqual({ code: 0, said: `${ofSecond} is dropped; it was for ${QUEUE}.\n` });
    expect(await dlq('replay', '--all')).toEqual({ code: 0, said: 'There are no dead letters.\n' });
    expect(handled).toEqual([first]);
  });

  it.each([[['lost']], [['show']], [['drop', '--all']], [['list', '1']]])(
    'says how it is used, to %j',
    async (args) => {
      expect(await run(args, place.settings)).toEqual({ code: 2, said: expect.stringMatching(/^Usage: npm run dlq/) });
    },
  );
});

async function atRabbitMq(): Promise<Place> {
  const broker = await testBroker();
  const bus = new RascalBus({ url: broker.url, service: 'products' });
  return {
    bus,
    settings: { RABBITMQ_URL: broker.url },
    async dispose() {
      await bus.stop();
      await broker.drop();
    },
  };
}

async function ofTheEmbeddedBus(): Promise<Place> {
  const database = await testDatabase();
  const bus = new EmbeddedBus({ connectionString: database.url, service: 'products' });
  const dataFolder = mkdtempSync(join(tmpdir(), 'shop-dlq-'));
  return {
    bus,
    settings: { DATA_DIR: dataFolder, DATABASE_URL: required('DATABASE_URL'), BUS_DATABASE_URL: database.url },
    async dispose() {
      await bus.stop();
      await database.drop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** What the command says, and how it ends. */
function run(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<{ code: number; said: string }> {
  const { PATH = '' } = process.env;
  return new Promise((resolve) => {
    const options = { env: { PATH, ...settings } };
    const child = execFile(process.execPath, ['scripts/run.mjs', 'dlq', ...args], options, (_error, said) =>
      resolve({ code: child.exitCode ?? -1, said }),
    );
  });
}
