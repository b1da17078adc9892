import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { dump } from 'js-yaml';
import { gatewayPort, servicePorts } from '@shop/shared/backing/roster';
import { run } from '@shop/system/servers/processes';
import { type PrometheusServer, startPrometheus } from '@shop/system/servers/prometheus';
import { aBusyDay } from './a-busy-day.js';
import { documentedMetrics, shownMetrics } from './metric-lists.js';
import { MoodyMailServer } from './moody-mail-server.js';
import { alertRules, panelQueries, prometheusConfig, RULE_TESTS, RULES, scrapeTargets } from './ops-files.js';
import { PrometheusClient } from './prometheus-client.js';
import { selectorsOf, substituted } from './promql.js';
import { RunningShop } from '../e2e/running-shop.js';
import { eventually as soon } from '../support/eventually.js';
import { required } from '../support/test-environment.js';

/** A series is there once it was scraped twice. */
const eventually: typeof soon = (assertion) => soon(assertion, { timeoutMs: 20_000, everyMs: 200 });

describe('a real Prometheus that scrapes the shop', () => {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const mail = new MoodyMailServer();
  const program = required('PROMETHEUS_PATH');
  const promtool = join(dirname(program), 'promtool');
  const configuration = join(folder, 'prometheus.yml');
  let shop: RunningShop;
  let server: PrometheusServer;
  let prometheus: PrometheusClient;

  beforeAll(async () => {
    shop = await RunningShop.start('processes', {
      SMTP_URL: await mail.start(),
      LOGIN_RATE_LIMIT: '0',
      PAYMENT_LATENCY_MS: '300',
      SUBGRAPH_TIMEOUT_MS: '1500',
    });
    writeFileSync(configuration, dump(configurationFor(shop)));
    server = await startPrometheus(program, configuration, folder);
    prometheus = new PrometheusClient(server.url);
    await aBusyDay(shop);
  });
  afterAll(async () => {
    await server?.stop();
    await shop?.stop();
    await mail.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes the configuration and the rules', async () => {
    await run(promtool, ['check', 'config', configuration]);
    await run(promtool, ['check', 'rules', RULES]);
    await run(promtool, ['test', 'rules', RULE_TESTS]);
    await eventually(async () => {
      const healths = await prometheus.ruleHealth();
      expect(healths).toEqual(Object.fromEntries(alertRules().map(({ alert }) => [alert, 'ok'])));
    });
  });

  it('gets an answer of every service', async () => {
    const services = ['gateway', ...Object.keys(servicePorts)];
    await eventually(async () => {
      const up = await prometheus.query('up == 1');
      expect(up.map(({ service }) => service).toSorted()).toEqual(services.toSorted());
    });
  });

  it('finds the series of every query of every panel', async () => {
    const queries = panelQueries('prometheus');
    expect(queries.length).toBeGreaterThan(50);
    await eventually(async () => {
      const empty: string[] = [];
      for (const { dashboard, panel, expr } of queries) {
        const found = await prometheus.query(substituted(expr));
        if (found.length === 0) empty.push(`${dashboard}, ${panel}: ${expr}`);
      }
      expect(empty).toEqual([]);
    });
  });

  it('finds what every alert watches', async () => {
    await eventually(async () => {
      const empty: string[] = [];
      for (const { alert, expr } of alertRules()) {
        await prometheus.query(expr);
        for (const selector of selectorsOf(expr))
          if ((await prometheus.query(selector)).length === 0) empty.push(`${alert}: ${selector}`);
      }
      expect(empty).toEqual([]);
    });
  });

  it('shows the metrics that are documented, and no other', async () => {
    const origins = [shop.gateway, ...Object.values(servicePorts).map((port) => shop.service(port))];
    const texts = await Promise.all(origins.map(async (origin) => (await fetch(`${origin}/metrics`)).text()));
    expect(shownMetrics(texts)).toEqual(documentedMetrics());
    const file = join(folder, 'metrics');
    for (const text of texts) {
      writeFileSync(file, text);
      await run('sh', ['-c', '"$1" check metrics < "$2"', 'sh', promtool, file]);
    }
  });
});

/** The project's own configuration, but for where the shop is, and for patience. */
function configurationFor(shop: RunningShop) {
  const config = prometheusConfig();
  config.global = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
  config.rule_files = [resolve(RULES)];
  for (const scraped of config.scrape_configs) {
    delete scraped.file_sd_configs;
    scraped.static_configs = scrapeTargets('host').map(({ targets, labels }) => ({
      labels,
      targets: targets.map((target) => {
        const port = Number(target.split(':')[1]);
        return new URL(port === gatewayPort ? shop.gateway : shop.service(port)).host;
      }),
    }));
  }
  return config;
}
