import { Pool } from 'undici';

const TIMEOUT_MS = 3_000;

/**
 * A document that auth publishes. Each question has a connection of its own: one that was kept may be found closed when
 * auth was restarted, and that would look as if auth were away.
 */
export class PublishedJson {
  private readonly url: URL;
  private readonly pool: Pool;

  constructor(url: string) {
    this.url = new URL(url);
    this.pool = new Pool(this.url.origin, { pipelining: 0, connect: { timeout: TIMEOUT_MS } });
  }

  /** The document as it is now. Rejects for any answer but 200 with JSON, and for none within 3 seconds. */
  async get(query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const url = new URL(this.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { statusCode, body } = await this.pool.request({ method: 'GET', path: url.pathname + url.search, signal });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${url.pathname} answered ${statusCode}`);
    return JSON.parse(text);
  }

  /** What is still asked fails. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
