import { ProductsService, World } from './a-products-service.js';
import { eventually } from '../../../tests/support/eventually.js';
import { Scrape } from '../../../tests/support/scrape.js';

describe('the metrics of products', () => {
  let world: World;
  let service: ProductsService;
  beforeAll(async () => {
    world = await World.open();
    service = await ProductsService.start(world);
  });
  afterAll(async () => {
    await service.stop();
    await world.close();
  });
  const lookups = async () => {
    const seen = await Scrape.of(service.url);
    return ['hit', 'miss'].map((outcome) => Number(seen.value('cache_lookups_total', { outcome })));
  };

  it('count what the cache knew, and what it did not', async () => {
    const { id } = await service.product();
    await eventually(async () => {
      const [, missedBefore = 0] = await lookups();
      const [hitsBefore = 0] = await lookups();
      await service.read(id);
      expect(await lookups()).toEqual([hitsBefore + 1, missedBefore]);
    });
    const [hits = 0, misses = 0] = await lookups();
    await service.call('GET', '/products/999999');
    expect(await lookups()).toEqual([hits, misses + 1]);
  });

  it('show the steps of the saga, and the pool of the database', async () => {
    const { id } = await service.product();
    await service.request([[id, 1]]);
    await eventually(async () => {
      const seen = await Scrape.of(service.url);
      const step = { queue: 'products:order.requested', outcome: 'ok' };
      expect(seen.value('saga_step_duration_seconds_count', step)).toBe(1);
      expect(seen.value('database_connections', { state: 'idle' })).toBeGreaterThan(0);
      expect(seen.value('database_connection_waiters')).toBe(0);
    });
  });
});
