import type { ServiceName } from '@shop/shared/backing/roster';
import { hangUp } from '../../rest/contract/rest-client.js';
import { RunningShop } from '../../e2e/running-shop.js';
import { askGraph } from './ask-graph.js';
import { askMutations } from './ask-mutations.js';
import { askRoutes, doors, type RouteDoor, routeDoors, routeTable } from './ask-routes.js';
import { askUnproven } from './ask-unproven.js';
import type { Cell } from './cell.js';
import { Credentials, ShopSecrets } from '../credentials.js';
import { Graph } from './graph.js';
import { gaps, judge } from './judge.js';
import { loggerWithoutRules, type Mutant, paymentsOfAnybody } from './mutant-subgraphs.js';
import { fields } from './permissions.js';
import { ADMIN, type Caller, callers, OWN_OR_ADMIN, PUBLIC, SIGNED_IN } from './rules.js';
import { notRunning, RouteRecorder, type RunningRoute, unlisted } from './running-routes.js';
import { Scene } from './scene.js';
import { patient, Setting } from '../setting.js';
import { Stage } from '../stage.js';
import { type Way, waysToRead } from './ways.js';

const graph = Graph.read();

describe('who may do what, of every field and route, at every door', () => {
  let shop: RunningShop;
  let setting: Setting;
  let ways: Way[];
  let routes: RouteDoor[];
  let running: RunningRoute[];
  const recorder = new RouteRecorder();
  const belongings: unknown[] = [];
  const graphCells: Cell[] = [];
  const routeCells: Cell[] = [];

  /** Sends what may change something. Each caller asks in turn; the callers ask at the same time. */
  const act = async (those: readonly Caller[], scene: Scene) => {
    const found = await Promise.all(
      those.map(async (caller) => {
        const mutations = await askMutations(caller, { graph, scene, setting });
        return { mutations, requests: await askRoutes(caller, routes, { scene, setting }) };
      }),
    );
    graphCells.push(...found.flatMap(({ mutations }) => mutations));
    routeCells.push(...found.flatMap(({ requests }) => requests));
  };

  beforeAll(async () => {
    const secrets = new ShopSecrets();
    const settings = { ...secrets.settings, ...patient, NODE_OPTIONS: recorder.nodeOptions };
    shop = await RunningShop.start('embedded', settings);
    const stage = await Stage.set(shop, secrets);
    setting = new Setting(stage, secrets, new Credentials(secrets, stage.people));
    ways = waysToRead(graph, stage.things);
    routes = await routeDoors(setting);
    running = recorder.read(doors, setting);
    graphCells.push(...(await askGraph(ways, setting)), ...(await askUnproven(graph, ways, setting)));
    const scene = await Scene.set(stage);
    belongings.push(await stage.belongings());
    await act(
      callers.filter((caller) => caller !== 'owner'),
      scene,
    );
    belongings.push(await stage.belongings());
    await act(['owner'], scene);
  }, 240_000);
  afterAll(async () => {
    await hangUp();
    await shop?.stop();
    recorder.close();
  });

  it('the table has every field of the graph, and nothing else', () => {
    const asked = graphCells.flatMap(({ entries }) => entries);
    expect(gaps([...graph.coordinates, ...asked], fields)).toEqual({ lacking: [], unused: [] });
    expect(graph.coordinates.filter((field) => !asked.includes(field))).toEqual([]);
  });

  it('the table has every route, and nothing else', () => {
    expect(gaps(new Set(routes.map(({ entry }) => entry)), routeTable)).toEqual({ lacking: [], unused: [] });
  });

  it('the table has every route that runs, described or not, and none that does not', () => {
    expect(unlisted(running, routes)).toEqual([]);
    expect(notRunning(running, routes)).toEqual([]);
  });

  it('every field answers everybody as the table says', () => {
    expect(judge(graphCells, fields)).toEqual([]);
  });

  it('every route answers everybody as the table says', () => {
    expect(judge(routeCells, routeTable)).toEqual([]);
    process.stderr.write(`who may do what: ${graphCells.length} cells of fields, ${routeCells.length} of routes\n`);
  });

  it('what the owner has is as it was before others tried to change it', () => {
    const [before, after] = belongings;
    expect(after).toEqual(before);
  });

  describe('would find', () => {
    const asked = async (service: ServiceName, start: (shop: RunningShop) => Promise<Mutant>) => {
      const mutant = await start(shop);
      try {
        const elsewhere = { [service]: mutant.origin };
        const theirs = ways.filter(({ owner }) => owner === service);
        const cells = await askGraph(theirs, setting, elsewhere);
        const unproven = await askUnproven(Graph.read('type Query'), theirs, setting, elsewhere);
        return judge([...cells, ...unproven], fields).join('\n');
      } finally {
        await mutant.stop();
      }
    };

    it('a rule that is gone from a subgraph', async () => {
      const found = await asked('logger', loggerWithoutRules);
      expect(found).toContain('LogEntry.message for stranger, query at logger');
      expect(found).toContain('Query.logs for nobody, query at logger');
    });

    it('a subgraph that does not look at whose it is', async () => {
      const found = await asked('payments', paymentsOfAnybody);
      expect(found).toContain('Payment.amount for stranger, _entities at payments');
      expect(found).toContain('Order.payment for stranger, _entities at payments');
      expect(found).not.toMatch(/ for (?:admin|owner), _entities at payments by/);
    });

    it('a subgraph that answers not the gateway alone', async () => {
      const found = await asked('payments', paymentsOfAnybody);
      expect(found).toContain("Payment.amount for owner, _entities at payments without the gateway's proof");
    });

    it.each([
      ['Query.allOrders', SIGNED_IN, 'Query.allOrders for stranger, query at orders'],
      ['Order.total', ADMIN, 'Order.total for owner, subscription at gateway'],
      ['Order.total', ADMIN, 'Order.total for owner, subscription by websocket at gateway'],
      ['Cart.total', OWN_OR_ADMIN, 'Cart.total for admin, _entities at cart'],
      ['Query.products', SIGNED_IN, 'Query.products for nobody, query at gateway'],
      ['Mutation.deleteProduct', PUBLIC, 'Mutation.deleteProduct for stranger, mutation at products'],
    ])('a rule that is another one: %s', (entry, rule, finding) => {
      expect(judge(graphCells, { ...fields, [entry]: rule }).join('\n')).toContain(finding);
    });

    it.each([
      ['GET /payments/{order_uuid}', PUBLIC, 'GET /payments/{order_uuid} for stranger, REST at payments'],
      ['PUT /products/{id}', SIGNED_IN, 'PUT /products/{id} for stranger, REST at gateway'],
    ])('a route whose rule is another one: %s', (entry, rule, finding) => {
      expect(judge(routeCells, { ...routeTable, [entry]: rule }).join('\n')).toContain(finding);
    });

    it('a route that runs and is in no table, and one that is gone', () => {
      const hidden = { door: 'payments', route: 'DELETE /payments/{}' } as const;
      expect(unlisted([...running, hidden], routes)).toEqual(['DELETE /payments/{} at payments']);
      const others = running.filter(({ door, route }) => door !== 'mailer' || route !== 'GET /mail');
      expect(notRunning(others, routes)).toEqual(['GET /mail at mailer']);
    });

    it('a field or route that nobody has thought of, and one that is gone', () => {
      const sdl =
        'type Order @join__type(graph: ORDERS, key: "id") { id: ID! margin: Int! @join__field(graph: ORDERS) }';
      const { lacking, unused } = gaps(Graph.read(sdl).coordinates, fields);
      expect(lacking).toEqual(['Order.margin']);
      expect(unused).toContain('Order.total');
    });
  });
});
