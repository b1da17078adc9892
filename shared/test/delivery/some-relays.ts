import { aService } from './a-service.js';
import { OutboxRelay } from '../../src/delivery/outbox-relay.js';
import type { OutboxRow } from '../../src/delivery/outbox.js';
import { silentTelemetry } from '../../src/telemetry/telemetry.js';

type Options = ConstructorParameters<typeof OutboxRelay>[0];

/** Relays of one service's outbox, and what goes into it. To be called where a test file begins. */
export function someRelays() {
  let service: Awaited<ReturnType<typeof aService>>;
  beforeAll(async () => void (service = await aService()));
  afterAll(() => service.stop());

  const relays: OutboxRelay[] = [];
  /** A relay that is stopped after its test, as it would take the rows of the next. */
  const relay = (options: Partial<Options> & Pick<Options, 'publish'>) => {
    const made = new OutboxRelay({
      destination: 'redis',
      databaseUrl: service.url,
      telemetry: silentTelemetry(),
      ...options,
    });
    relays.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((each) => each.stop()));
  });

  const announce = (topic: string, count = 1) =>
    service.transactions.run(async ({ outbox }) => {
      for (let n = 0; n < count; n += 1) outbox.wake(topic, String(n), { n });
    });

  /** Announces something that somebody has claimed already. `until`: an SQL expression. */
  const announceClaimed = (topic: string, until: string) =>
    service.database.fork().execute(
      `insert into outbox (id, destination, exchange, type, correlation_id, headers, body, claimed_until)
       values (gen_random_uuid(), 'redis', '', ?, '', '{}', '{}', ${until})`,
      [topic],
      'run',
    );

  const unpublished = async (topic: string) => {
    const [row] = await service.database
      .fork()
      .execute<{ count: number }[]>(
        'select count(*)::int as count from outbox where type = ? and published_at is null',
        [topic],
      );
    return row?.count;
  };

  /** Collects the rows of one topic; other tests' rows pass by. */
  const collector = (topic: string) => {
    const rows: OutboxRow[] = [];
    return { rows, publish: async (row: OutboxRow) => void (row.type === topic && rows.push(row)) };
  };

  return {
    /** Once the tests run. */
    get service() {
      return service;
    },
    relay,
    announce,
    announceClaimed,
    unpublished,
    collector,
  };
}
