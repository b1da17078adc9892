import { RateLimits } from '@shop/shared/rate-limits/rate-limits';
import type { RedisAdapterOptions } from '@shop/shared/redis/connect';
import { silentTelemetry } from '@shop/shared/telemetry/telemetry';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readGatewayConfig } from '../../src/config.js';
import { type Gateway, wire } from '../../src/system.js';

/** A gateway on a free port, in front of a composed supergraph; without Redis unless it is given one. */
export class TestGateway {
  private constructor(
    readonly gateway: Gateway,
    readonly supergraphFile: string,
  ) {}

  static async start(
    supergraphSdl: string,
    environment: Record<string, string | undefined> = {},
    redisAt?: Omit<RedisAdapterOptions, 'telemetry'>,
    telemetry = silentTelemetry('gateway'),
  ): Promise<TestGateway> {
    const folder = await mkdtemp(path.join(tmpdir(), 'gateway-'));
    const file = path.join(folder, 'supergraph.graphql');
    await writeFile(file, supergraphSdl);
    const settings = { PORT: '0', LOG_LEVEL: 'silent', SUPERGRAPH_SDL: file, SHUTDOWN_S: '2', ...environment };
    const redis = redisAt && { ...redisAt, telemetry };
    const footing = { telemetry, rateLimits: new RateLimits(redis), redis };
    const gateway = wire(readGatewayConfig(settings), footing);
    await gateway.system.start();
    return new TestGateway(gateway, file);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.gateway.http.port}`;
  }

  get url(): string {
    return `${this.origin}/graphql`;
  }

  get websocketUrl(): string {
    return this.url.replace('http', 'ws');
  }

  async stop(): Promise<void> {
    await this.gateway.system.stop();
    await rm(path.dirname(this.supergraphFile), { recursive: true });
  }
}
