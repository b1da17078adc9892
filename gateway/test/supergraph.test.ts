import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startMistake } from '@shop/shared/lifecycle/start-error';
import { eventually } from '../../tests/support/eventually.js';
import { graphqlRequest } from '../../tests/support/graphql-client.js';
import {
  composedBeside,
  composeSupergraph,
  isComposedOf,
  readRecipe,
  readSchemas,
  withOrigin,
} from '../src/compose-supergraph.js';
import { readGatewayConfig, repositoryRoot } from '../src/config.js';
import { createSystem } from '../src/system.js';
import { FakeShop } from './support/fake-shop.js';
import { TestGateway } from './support/test-gateway.js';

describe('where the supergraph comes from', () => {
  let shop: FakeShop;
  let folder: string;
  let recipe: string;
  let gateway: TestGateway | null;

  beforeEach(async () => {
    gateway = null;
    shop = await new FakeShop().start();
    folder = await mkdtemp(path.join(tmpdir(), 'recipe-'));
    recipe = path.join(folder, 'supergraph.yaml');
    const entries = await Promise.all(
      shop.subgraphs.map(async ({ name, sdl }) => {
        await writeFile(path.join(folder, `${name}.graphql`), sdl);
        return `  ${name}:\n    routing_url: http://localhost:1/graphql\n    schema:\n      file: ./${name}.graphql\n`;
      }),
    );
    await writeFile(recipe, `federation_version: 2\nsubgraphs:\n${entries.join('')}`);
  });
  afterEach(async () => {
    await gateway?.stop();
    await shop.stop();
    await rm(folder, { recursive: true });
  });

  const startFromRecipe = async () => {
    const [orders, products, payments] = shop.subgraphs.map(({ url }) => new URL(url).origin);
    gateway = await TestGateway.start('', {
      SUPERGRAPH_SDL: '',
      SUPERGRAPH_CONFIG: recipe,
      ORDERS_URL: orders,
      PRODUCTS_URL: products,
      PAYMENTS_URL: payments,
    });
    return gateway;
  };
  const ask = (query: string) => graphqlRequest(gateway?.url ?? '', query);

  it('is composed from the recipe, with every routing url moved to its configured origin', async () => {
    await startFromRecipe();
    shop.orders.advance('1', 'PAID');
    expect(await ask('{ orders { product { name } payment { status } } }')).toEqual({
      status: 200,
      data: { orders: [{ product: { name: 'product p1' }, payment: { status: 'SUCCEEDED' } }] },
    });
  });

  it('is what was composed before of the same schemas, and of no others', async () => {
    await mkdir(path.join(folder, path.dirname(composedBeside)));
    const subgraphs = await readSchemas(await readRecipe(recipe));
    const [, ...lines] = composeSupergraph(subgraphs).replaceAll('whoAmI', 'asComposed').split('\n');
    await writeFile(path.join(folder, composedBeside), withOrigin(subgraphs, lines.join('\n')));
    await startFromRecipe();
    const names = async () => (await ask('{ __type(name: "Query") { fields { name } } }')).data;
    expect(await names()).toMatchObject({ __type: { fields: expect.arrayContaining([{ name: 'asComposed' }]) } });
    await writeFile(path.join(folder, 'products.graphql'), shop.products.sdl.replace('whoAmI', 'whoIsIt'));
    await eventually(async () =>
      expect(await names()).toMatchObject({ __type: { fields: expect.arrayContaining([{ name: 'whoIsIt' }]) } }),
    );
  });

  it('is composed anew where what was composed before was changed by hand', async () => {
    const subgraphs = await readSchemas(await readRecipe(recipe));
    const composed = composeSupergraph(subgraphs);
    expect(isComposedOf(composed, subgraphs)).toBe(true);
    expect(isComposedOf(composed.replaceAll('whoAmI', 'byHand'), subgraphs)).toBe(false);
    expect(isComposedOf(composed, subgraphs.toReversed())).toBe(false);
    expect(isComposedOf('', subgraphs)).toBe(false);
  });

  it('is composed again when a schema file changes, and stays as it was when the change is broken', async () => {
    await startFromRecipe();
    const file = path.join(folder, 'payments.graphql');
    const sdl = await readFile(file, 'utf8');
    await writeFile(file, 'type Query { broken: ');
    await writeFile(path.join(folder, 'products.graphql'), shop.products.sdl.replace('whoAmI', 'whoIsIt'));
    await writeFile(file, sdl.replace('paymentCount: Int!', 'paymentCount: Int! @nonsense'));
    // What is broken can't be seen to be refused from outside; that the old supergraph still answers can.
    expect((await ask('{ whoAmI }')).data).toEqual({ whoAmI: 'nobody' });
    await writeFile(file, sdl.replace('paymentCount', 'countOfPayments'));
    await eventually(async () =>
      expect((await ask('{ __type(name: "Query") { fields { name } } }')).data).toMatchObject({
        __type: { fields: expect.arrayContaining([{ name: 'countOfPayments' }, { name: 'whoIsIt' }]) },
      }),
    );
    expect((await ask('{ paymentCount }')).status).toBe(400);
  });

  it('is the composed file that is named, and is read again when that changes', async () => {
    const sdl = shop.compose();
    gateway = await TestGateway.start(sdl);
    await writeFile(gateway.supergraphFile, sdl.replaceAll('whoAmI', 'whoIsIt'));
    await eventually(async () => expect((await ask('{ whoAmI }')).status).toBe(400));
  });

  it('says what does not compose', async () => {
    await writeFile(path.join(folder, 'payments.graphql'), 'type Query { whoAmI: Int }');
    const subgraphs = await readSchemas(await readRecipe(recipe));
    expect(() => composeSupergraph(subgraphs)).toThrow(/don't compose:\n.*whoAmI/);
  });

  it('says what is wrong with a recipe', async () => {
    await writeFile(recipe, 'subgraphs: { orders: { routing_url: nowhere } }');
    await expect(readRecipe(recipe)).rejects.toThrow(/no supergraph configuration/);
  });

  it('is missed at the start, with a sentence', async () => {
    const system = createSystem({ SUPERGRAPH_SDL: path.join(folder, 'absent'), LOG_LEVEL: 'silent' });
    await expect(system.start()).rejects.toThrow(
      /the supergraph can't be loaded: .*absent can't be read: it does not exist/,
    );
  });

  it('is refused at the start when it is none, with a sentence', async () => {
    const file = path.join(folder, 'broken.graphql');
    await writeFile(file, 'type Query { orders');
    const failure: unknown = await createSystem({ SUPERGRAPH_SDL: file, LOG_LEVEL: 'silent' })
      .start()
      .catch((error) => error);
    expect(startMistake(failure)).toMatch(/^the supergraph can't be served: Syntax Error/);
  });

  it('is looked for where the command was run, then in the repository', () => {
    const placed = (SUPERGRAPH_CONFIG: string) => readGatewayConfig({ SUPERGRAPH_CONFIG, INIT_CWD: folder }).supergraph;
    expect(placed('supergraph.yaml')).toEqual({ recipeFile: recipe });
    expect(placed('gateway/package.json')).toEqual({ recipeFile: path.join(repositoryRoot, 'gateway/package.json') });
    expect(placed('absent')).toEqual({ recipeFile: path.join(folder, 'absent') });
  });
});

describe('the configuration', () => {
  it('names every mistake at once', () => {
    const environment = { PORT: 'x', AUTH_URL: 'nowhere', SHUTDOWN_S: '-1', CORS_ORIGINS: 'a,b' };
    expect(() => readGatewayConfig(environment)).toThrow(/PORT[^]*AUTH_URL[^]*CORS_ORIGINS[^]*SHUTDOWN_S/);
  });
});
