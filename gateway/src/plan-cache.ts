import type { QueryPlan, QueryPlanCache } from '@apollo/query-planner';
import type { Metrics } from '@shop/shared/telemetry/metrics';
import { TextCache } from '@shop/shared/text/text-cache';

/** Together, as JSON. */
const MOST_CHARACTERS = 30 * 2 ** 20;

/** The plans of operations, those that were used last; shows how often one was there. */
export class PlanCache implements QueryPlanCache {
  private readonly plans = new TextCache<QueryPlan>(MOST_CHARACTERS);
  private readonly lookups;

  constructor(metrics: Metrics) {
    this.lookups = metrics.counter({
      name: 'gateway_plan_cache_lookups_total',
      help: 'Query plans that were looked for: hit, or miss (then it is made)',
      labels: ['outcome'],
    });
    for (const outcome of ['hit', 'miss']) this.lookups.inc({ outcome }, 0);
    metrics.gauge({ name: 'gateway_plan_cache_entries', help: 'Query plans that are kept' }, (gauge) =>
      gauge.set(this.plans.size),
    );
  }

  async get(key: string): Promise<QueryPlan | undefined> {
    const found = this.plans.get(key);
    this.lookups.inc({ outcome: found ? 'hit' : 'miss' });
    return found;
  }

  async set(key: string, plan: QueryPlan): Promise<void> {
    this.plans.set(key, plan, JSON.stringify(plan).length);
  }

  async delete(key: string): Promise<boolean> {
    return this.plans.delete(key);
  }

  clear(): void {
    this.plans.clear();
  }
}
