interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] };
}

/** Asks a Prometheus by its HTTP API. */
export class PrometheusClient {
  constructor(private readonly url: string) {}

  /** The labels of each series that a query finds now. Rejects with what is wrong with the query. */
  async query(query: string): Promise<readonly Readonly<Record<string, string>>[]> {
    const response = await fetch(`${this.url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query }) });
    const { error, data } = (await response.json()) as Answer;
    if (!data) throw new Error(`${query}: ${error}`);
    return data.result.map(({ metric }) => metric);
  }

  /** The health of each alert rule, and what is wrong with it, by its name. */
  async ruleHealth(): Promise<Record<string, string>> {
    const response = await fetch(`${this.url}/api/v1/rules?type=alert`);
    const { data } = (await response.json()) as {
      data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
    };
    const rules = data.groups.flatMap((group) => group.rules);
    return Object.fromEntries(rules.map(({ name, health, lastError }) => [name, lastError ?? health]));
  }
}
