import type { QueryPlan, QueryPlanCache } from '@apollo/query-planner';
import type { Metrics } from '@shop/shared/telemetry/metrics';

/** Together, as JSON. */
const MOST_CHARACTERS = 30 * 2 ** 20;

interface Kept {
  readonly plan: QueryPlan;
  readonly characters: number;
}

/** The plans of operations, those that were used last; shows how often one was there. */
export class PlanCache implements QueryPlanCache {
  /** The one that was used last stands last. */
  private readonly kept = new Map<string, Kept>();
  private characters = 0;
  private readonly lookups;

  constructor(metrics: Metrics) {
    this.lookups = metrics.counter({
      name: 'gateway_plan_cache_lookups_total',
      help: 'Query plans that were looked for: hit, or miss (then it is made)',
      labels: ['outcome'],
    });
    for (const outcome of ['hit', 'miss']) this.lookups.inc({ outcome }, 0);
    metrics.gauge({ name: 'gateway_plan_cache_entries', help: 'Query plans that are kept' }, (gauge) =>
      gauge.set(this.kept.size),
    );
  }

  async get(key: string): Promise<QueryPlan | undefined> {
    const found = this.kept.get(key);
    this.lookups.inc({ outcome: found ? 'hit' : 'miss' });
    if (!found) return undefined;
    this.kept.delete(key);
    this.kept.set(key, found);
    return found.plan;
  }

  async set(key: string, plan: QueryPlan): Promise<void> {
    await this.delete(key);
    const { length: characters } = JSON.stringify(plan);
    this.kept.set(key, { plan, characters });
    this.characters += characters;
    for (const oldest of this.kept.keys()) {
      if (this.characters <= MOST_CHARACTERS) return;
      await this.delete(oldest);
    }
  }

  async delete(key: string): Promise<boolean> {
    this.characters -= this.kept.get(key)?.characters ?? 0;
    return this.kept.delete(key);
  }

  clear(): void {
    this.kept.clear();
    this.characters = 0;
  }
}
