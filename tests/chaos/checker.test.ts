import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';
import pg from 'pg';
import { RascalBus } from '@shop/shared/messaging/rascal-bus';
import { deadLetterQueue, queueName } from '@shop/shared/messaging/topology';
import { inspect } from '../support/invariants.js';
import { testBroker } from '../support/test-broker.js';
import { required } from '../support/test-environment.js';
import {
  aStep,
  CANCELLED,
  damages,
  goodWorld,
  open,
  OTHER,
  PAID,
  services,
  STOCK,
  USER,
  type Service,
} from './checked-world.js';
import { evidenceOf, type Testimony } from './evidence.js';
import type { CameMail } from './mailbox.js';

describe('the checker', () => {
  const prefix = `checked_${randomUUID().slice(0, 8)}_`;
  let broker: Awaited<ReturnType<typeof testBroker>>;
  let bus: RascalBus;
  const urlOf = (name: string) => {
    const url = new URL(required('DATABASE_URL'));
    url.pathname = `/${name}`;
    return url.href;
  };
  const asGood = (service: Service) => `${prefix}good_${service}`;
  const shop = { database: (service: string) => urlOf(prefix + service), brokerUrl: '' };
  const broken = async (other: Partial<Testimony> = {}) => {
    const testimony = { ...good, came: await sent(), ...other };
    const findings = await inspect(shop, new Map([[1, STOCK]]), evidenceOf(testimony));
    return findings.filter(({ count }) => count > 0).map(({ invariant }) => invariant);
  };
  const good = {
    told: [
      { userId: USER, key: 'key-1', uuid: PAID, version: 2, status: 'Paid' as const },
      { userId: USER, key: 'key-2', uuid: CANCELLED, version: 1, status: 'Pending' as const },
    ],
    wishes: [PAID, CANCELLED].map((uuid) => ({ uuid, cancels: false })),
    plentiful: [1],
    added: [{ userId: USER, product: 1, least: 5, most: 9 }],
    mailFaults: 0,
    cached: [{ id: 1, version: 1 }],
  };
  /** What came where every mail came that was sent. */
  const sent = async (): Promise<CameMail[]> => {
    const names = `select '<' || name || '@shop.example>' as message_id, recipient, 1 as copies from emails where status = 'SENT'`;
    return query<CameMail>(prefix + 'mailer', `${names} order by name`);
  };

  beforeAll(async () => {
    broker = await testBroker();
    shop.brokerUrl = broker.url;
    bus = new RascalBus({ url: broker.url, service: 'orders' });
    await bus.start();
    for (const service of services) {
      await run('postgres', `create database ${asGood(service)}`);
      const database = open[service]({ DATABASE_URL: urlOf(asGood(service)), DATABASE_POOL: 2 });
      await database.start();
      await database.stop();
      await run(asGood(service), goodWorld[service]);
      await restore(service);
    }
  });
  afterAll(async () => {
    await bus?.stop();
    await broker?.drop();
    for (const service of services)
      for (const name of [asGood(service), prefix + service]) await run('postgres', `drop database if exists ${name}`);
  });

  const damaged = new Set<Service>();
  afterEach(async () => {
    for (const service of damaged) await restore(service);
    damaged.clear();
  });

  const query = async <Row extends object>(database: string, statements: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: urlOf(database) });
    await client.connect();
    return (await client.query<Row>(statements).finally(() => client.end())).rows;
  };
  const run = async (database: string, statements: string) => void (await query(database, statements));
  const restore = async (service: Service) => {
    await run('postgres', `drop database if exists ${prefix + service}`);
    await run('postgres', `create database ${prefix + service} template ${asGood(service)}`);
  };

  it('finds nothing where all is well', async () => {
    expect(await broken()).toEqual([]);
  });

  it.each(damages.map(([invariant, ...damage]) => ({ invariant, damage })))(
    'sees, and alone: $invariant',
    async (one) => {
      const { invariant, damage } = one;
      for (const [service, statements] of damage) {
        damaged.add(service);
        await run(prefix + service, statements);
      }
      expect(await broken()).toEqual([invariant]);
    },
  );

  it('knows what the provider declines, and nothing else', async () => {
    damaged.add('orders');
    await run(`${prefix}orders`, `update orders set reason = 'PAYMENT_DECLINED' where id = 2`);
    expect(await broken()).toEqual(['an order is paid or cancelled as it was meant']);
  });

  it('knows what can run out, and nothing else', async () => {
    damaged.add('orders');
    await run(`${prefix}orders`, `update orders set reason = 'OUT_OF_STOCK' where id = 2`);
    expect(await broken()).toEqual(['an order is paid or cancelled as it was meant']);
    expect(await broken({ plentiful: [] })).toEqual([]);
  });

  it('sees a version of a product that is missing, and allows what an administrator sets', async () => {
    damaged.add('products');
    await run(`${prefix}products`, aStep(1, 10, '1') + aStep(2, 50, '1') + aStep(3, 48, PAID));
    expect(await broken()).toEqual([]);
    await run(`${prefix}products`, aStep(5, 9, '1'));
    expect(await broken()).toEqual(['an order takes stock once, and gives it back once']);
  });

  it('believes the customers', async () => {
    const lost = { userId: USER, key: 'key-9', uuid: OTHER, version: 1, status: 'Pending' as const };
    expect(await broken({ told: [lost] })).toEqual(['every order that a customer was told of is there']);
  });

  it('sees a mail that did not come, that came to somebody else, and that nobody sent', async () => {
    const [first, ...rest] = await sent();
    if (!first) throw new Error('there is no mail');
    expect(await broken({ came: rest })).toEqual(['every mail that was sent has come']);
    expect(await broken({ came: [...rest, { ...first, recipient: 'b@example.com' }] })).toEqual([
      'every mail that was sent has come',
      'every mail that came was sent',
    ]);
    const other = { message_id: `<refund.${OTHER}@shop.example>`, recipient: 'a@example.com', copies: 1 };
    expect(await broken({ came: [first, ...rest, other] })).toEqual(['every mail that came was sent']);
  });

  it('sees mails that came again more often than faults can explain', async () => {
    const twice = (await sent()).map((mail) => ({ ...mail, copies: 2 }));
    const unexplained = ['no mail came twice without a fault that explains it'];
    expect(await broken({ came: twice, mailFaults: 1 })).toEqual([]);
    expect(await broken({ came: twice, mailFaults: 0 })).toEqual(unexplained);
    const often = twice.map((mail, index) => (index === 0 ? { ...mail, copies: 12 } : mail));
    expect(await broken({ came: often, mailFaults: 1 })).toEqual(unexplained);
    // A fault hits ten that are on their way, and no more.
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...twice[0], message_id: `<${index}>` }) as CameMail);
    expect(await broken({ came: many(10), mailFaults: 1 })).not.toContain(unexplained[0]);
    expect(await broken({ came: many(11), mailFaults: 1 })).toContain(unexplained[0]);
  });

  it('sees what the cache holds of a product that has changed since', async () => {
    damaged.add('products').add('cart');
    for (const [service, table] of [
      ['products', 'products'],
      ['cart', 'product_snapshots'],
    ] as const)
      await run(prefix + service, `update ${table} set version = 2`);
    expect(await broken()).toEqual(['the cache holds no product older than it is']);
    expect(await broken({ cached: [{ id: 1, version: 2 }] })).toEqual([]);
  });

  it('has a sample of every rule', async () => {
    const all = await inspect(shop, new Map(), evidenceOf({ ...good, came: [] }));
    const others = [
      'no message is a dead letter',
      'the cache holds no product older than it is',
      'every mail that was sent has come',
      'every mail that came was sent',
      'no mail came twice without a fault that explains it',
    ];
    expect([...damages.map(([invariant]) => invariant), ...others].toSorted()).toEqual(
      all.map(({ invariant }) => invariant).toSorted(),
    );
  });

  it('sees a dead letter', async () => {
    const connection = await amqp.connect(broker.url);
    const channel = await connection.createConfirmChannel();
    channel.sendToQueue(deadLetterQueue(queueName('orders', 'order.paid')), Buffer.from('{}'));
    await channel.waitForConfirms();
    await connection.close();
    expect(await broken()).toEqual(['no message is a dead letter']);
  });
});
