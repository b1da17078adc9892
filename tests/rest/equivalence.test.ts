import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Shopper } from '@shop/system/demo/shopper';
import { type Command, command } from './equivalence/command.js';
import { GraphqlDoor } from './equivalence/graphql-door.js';
import { HeldProvider } from './equivalence/held-provider.js';
import { Histories } from './equivalence/history.js';
import { agree } from './equivalence/mapping.js';
import { Quiet } from './equivalence/quiet.js';
import { RestDoor } from './equivalence/rest-door.js';
import { SideOfShop } from './equivalence/side-of-shop.js';
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
];

describe('one shop by REST, one by GraphQL', () => {
  let shop: RunningShop;
  let shopkeeper: Shopper;
  let quiet: Quiet;
  let provider: HeldProvider;

  beforeAll(async () => {
    shop = await RunningShop.start('embedded', { LOGIN_RATE_LIMIT: '0' });
    shopkeeper = await Shopper.login(shop.gateway, admin.email, admin.password);
    quiet = await Quiet.of(shop);
    provider = await HeldProvider.of(shop);
  }, 90_000);
  afterAll(async () => {
    await quiet?.close();
    await provider?.close();
    await shopkeeper?.close();
    await shop?.stop();
  }, 30_000);

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
          examples: onceDifferent,
          ...(RUNS !== undefined && { numRuns: onceDifferent.length + RUNS }),
          ...(SEED !== undefined && { seed: Number(SEED) }),
          ...{ interruptAfterTimeLimit: LIMIT_MS, markInterruptAsFailure: false },
        },
      );
      report(`${sequences} sequences, ${played} commands`);
      expect(sequences).toBeGreaterThan(0);
    },
    LIMIT_MS + 60_000,
  );
});
