import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Shopper } from '@shop/system/demo/shopper';
import { type Command, command } from './equivalence/command.js';
import { EventTap } from './equivalence/event-tap.js';
import { GraphqlDoor } from './equivalence/graphql-door.js';
import { HeldProvider } from './equivalence/held-provider.js';
import { Histories } from './equivalence/history.js';
import { agree } from './equivalence/mapping.js';
import { Quiet } from './equivalence/quiet.js';
import { RestDoor } from './equivalence/rest-door.js';
import { SideOfShop } from './equivalence/side-of-shop.js';
import { isAbout, toldOf } from './equivalence/told.js';
import { report } from './report.js';
import { admin, RunningShop } from '../e2e/running-shop.js';

/** `npm run equivalence` sets these; within the whole test run some 15 seconds of sequences have to do. */
const RUNS = process.env['TEST_RUNS'] === undefined ? undefined : Number(process.env['TEST_RUNS']);
const SEED = process.env['TEST_SEED'];
const LIMIT_MS = RUNS === undefined ? 15_000 : RUNS * 10_000;

/** What starts no event, and so need not be waited for. */
const silent: ReadonlySet<Command['do']> = new Set([
  ...(['register', 'register again', 'log in', 'add to cart', 'update item', 'remove item', 'clear cart'] as const),
]);

/** What once ended differently: each is played every time. */
const onceDifferent: [Command[]][] = [
  [[{ do: 'update item', by: 0, item: 0, quantity: 0 }]],
  [[{ do: 'add to cart', by: 0, product: 9, quantity: 0 }]],
  [[{ do: 'move order', by: 0, order: 0, to: 'Shipped' }]],
  [[{ do: 'update product', by: 'admin', product: 0, patch: { name: null } }]],
  [[{ do: 'update product', by: 'admin', product: 0, patch: { name: '', price: null } }]],
  [[{ do: 'add to cart', by: 0, product: { id: 0 }, quantity: 1 }]],
  [[{ do: 'add to cart', by: 0, product: { id: 'x' }, quantity: 1 }]],
];

const [add, order] = [
  { do: 'add to cart', by: 0, quantity: 1 },
  { do: 'place order', by: 0 },
] as const;
/** Each end that an order can come to: paid, and moved on; declined; cancelled; out of stock. */
const everyEnd: [Command[]][] = [
  [[{ ...add, product: 0 }, order, { do: 'move order', by: 'admin', order: 0, to: 'Shipped' }]],
  [[{ ...add, product: 1 }, order, { do: 'cancel order', by: 0, order: 0 }]],
  [
    [
      { ...add, product: 0 },
      { do: 'place order and cancel it', by: 0 },
    ],
  ],
  [[{ ...add, product: 2 }, { ...add, by: 1, product: 2 }, order, { ...order, by: 1 }, order]],
];

const examples = [...onceDifferent, ...everyEnd];

describe('one shop by REST, one by GraphQL', () => {
  let shop: RunningShop;
  let shopkeeper: Shopper;
  let quiet: Quiet;
  let provider: HeldProvider;
  let tap: EventTap;
  let events = 0;

  beforeAll(async () => {
    shop = await RunningShop.start('embedded', { LOGIN_RATE_LIMIT: '0' });
    shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
    quiet = await Quiet.of(shop);
    provider = await HeldProvider.of(shop);
    await quiet.comes();
    tap = await EventTap.of(shop);
  });
  afterAll(async () => {
    await quiet?.close();
    await provider?.close();
    await tap?.close();
    await shopkeeper?.close();
    await shop?.stop();
  });

  const openSides = async () => {
    const histories = new Histories(shopkeeper);
    const mark = randomUUID().replaceAll('-', '').slice(0, 12);
    return Promise.all([
      SideOfShop.open(new RestDoor(shop.gateway), shopkeeper.token, histories, `r${mark}`),
      SideOfShop.open(new GraphqlDoor(shop.gateway), shopkeeper.token, histories, `g${mark}`),
    ]);
  };

  const bothPlay = async (commands: readonly Command[]) => {
    const [rest, graphql] = await openSides();
    await quiet.comes();
    for (const [index, played] of commands.entries()) {
      // The stock answers before the payment, so that an order that fails in both ways fails in the same one.
      const [byRest, byGraphql] = await provider.during(() => Promise.all([rest.play(played), graphql.play(played)]));
      if (!agree(byRest, byGraphql)) {
        const said = `REST: ${JSON.stringify(byRest)}\nGraphQL: ${JSON.stringify(byGraphql)}`;
        throw new Error(`command ${index + 1}, ${JSON.stringify(played)}, ended differently.\n${said}`);
      }
      if (!silent.has(played.do)) await quiet.comes();
    }
    expect(await graphql.state()).toEqual(await rest.state());
    expect(await published(graphql, rest)).toEqual([]);
  };

  /** What the two sides' events say differently, and what speaks of neither. */
  const published = async (graphql: SideOfShop, rest: SideOfShop) => {
    const news = await tap.news();
    events += news.length;
    const strange = news.filter((event) => !isAbout(event, graphql.cast) && !isAbout(event, rest.cast));
    const toldBy = ({ cast }: SideOfShop) =>
      toldOf(
        news.filter((event) => isAbout(event, cast)),
        cast,
      );
    expect(toldBy(graphql)).toEqual(toldBy(rest));
    return strange;
  };

  it(
    'end in the same states, events and errors, whatever is done to them',
    async () => {
      let played = 0;
      let sequences = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 16, size: 'max' }), async (commands) => {
          await bothPlay(commands);
          sequences += 1;
          played += commands.length;
        }),
        {
          examples,
          ...(RUNS !== undefined && { numRuns: examples.length + RUNS }),
          ...(SEED !== undefined && { seed: Number(SEED) }),
          ...{ interruptAfterTimeLimit: LIMIT_MS, markInterruptAsFailure: false },
        },
      );
      report(`${sequences} sequences, ${played} commands, ${events} events`);
      expect(events).toBeGreaterThan(0);
      expect(sequences).toBeGreaterThan(0);
    },
    LIMIT_MS + 60_000,
  );
});
