import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import type { LogEntry } from '@shop/logger/domain/log-entry';
import { LokiBatches, lokiBatches } from '@shop/logger/sinks/loki-batch';
import { gatewayPort, servicePorts } from '@shop/shared/backing/roster';
import { composeServices, volumeAt } from '../images/compose-file.js';
import {
  alertRules,
  dashboards,
  panelQueries,
  places,
  prometheusConfig,
  RULE_TESTS,
  scrapeTargets,
} from './ops-files.js';

const yaml = <Content>(file: string) => load(readFileSync(file, 'utf8')) as Content;

/** What the logger pushes of an entry: the labels of its stream, and the line. */
const pushed = () => {
  const entry: LogEntry = {
    id: 'e1',
    time: new Date(0),
    level: 'info',
    service: 'orders',
    message: 'paid',
    traceId: 'abcdef0123456789',
    fields: { order_uuid: 'u1' },
  };
  const { streams } = JSON.parse(new LokiBatches().body(lokiBatches([entry])[0] ?? [])) as {
    streams: [{ stream: Record<string, string>; values: [[string, string]] }];
  };
  const [{ stream, values }] = streams;
  return { labels: Object.keys(stream), line: values[0][1] };
};

/** What Loki's line_format makes of an entry: as far as the dashboards use Go's templates. */
const formatted = (format: string, fields: Readonly<Record<string, string>>) =>
  format
    .replace(/\{\{if \.(\w+)\}\}(.*?)\{\{end\}\}/g, (_, name: string, text: string) => (fields[name] ? text : ''))
    .replace(/\{\{\.(\w+)\}\}/g, (_, name: string) => fields[name] ?? '');

interface Datasource {
  readonly uid: string;
  readonly jsonData: {
    readonly derivedFields?: readonly { readonly matcherRegex: string; readonly datasourceUid: string }[];
    readonly tracesToLogsV2?: { readonly datasourceUid: string; readonly query: string };
  };
}

const datasources = () =>
  yaml<{ datasources: Datasource[] }>('ops/grafana/provisioning/datasources/shop.yml').datasources;

describe("Grafana's dashboards", () => {
  it('have a place of their own for each panel, and names that are used once', () => {
    expect(
      dashboards()
        .map(({ uid }) => uid)
        .toSorted(),
    ).toEqual(['shop-gateway', 'shop-logs', 'shop-saga', 'shop-services']);
    for (const { panels } of dashboards()) {
      const ids = panels.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
        expect(x + w).toBeLessThanOrEqual(24);
        return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
      });
      expect(new Set(cells).size).toBe(cells.length);
    }
  });

  it('ask data sources that are provisioned', () => {
    const known = datasources().map(({ uid }) => uid);
    const asked = dashboards().flatMap(({ panels }) => panels.flatMap(({ targets = [] }) => targets));
    expect(known).toEqual(expect.arrayContaining(asked.map(({ datasource }) => datasource.uid)));
  });

  it('ask Loki for labels and fields that the logger pushes, by variables that there are', () => {
    const { labels, line } = pushed();
    const variables = dashboards().flatMap(({ templating }) => templating.list.map(({ name }) => `$${name}`));
    const queries = panelQueries('loki');
    expect(queries.length).toBeGreaterThan(2);
    for (const { expr } of queries) {
      const selector = /\{([^}]*)\}/.exec(expr)?.[1] ?? '';
      const asked = [...selector.matchAll(/(\w+)\s*=~?/g)].map(([, label]) => label);
      expect(asked.length).toBeGreaterThan(0);
      expect(labels).toEqual(expect.arrayContaining(asked));
      const grouped = [...expr.matchAll(/by \((\w+)\)/g)].map(([, label]) => label);
      expect(labels).toEqual(expect.arrayContaining(grouped));
      const fields = [...expr.matchAll(/\{\{\.(\w+)\}\}/g)].map(([, field]) => field);
      expect(Object.keys(JSON.parse(line) as object)).toEqual(expect.arrayContaining(fields));
      const used = [...expr.matchAll(/\$\w+/g)].map(([name]) => name).filter((name) => name !== '$__auto');
      expect(variables).toEqual(expect.arrayContaining(used));
    }
  });

  it('lead from an entry of the log to its trace, and back', () => {
    const { line } = pushed();
    const formats = panelQueries('loki').flatMap(({ expr }) => /\| line_format `([^`]*)`/.exec(expr)?.[1] ?? []);
    expect(formats.length).toBeGreaterThan(0);
    const [derived] = datasources().flatMap(({ jsonData }) => jsonData.derivedFields ?? []);
    expect(derived?.datasourceUid).toBe('jaeger');
    // Grafana looks at the line as a panel's query has made it.
    for (const shown of [line, ...formats.map((format) => formatted(format, JSON.parse(line)))])
      expect(new RegExp(derived?.matcherRegex ?? '').exec(shown)?.[1]).toBe('abcdef0123456789');
    const without = formats.map((format) => formatted(format, { service: 'a', level: 'info', message: 'trace' }));
    for (const shown of without) expect(shown).toBe('a info trace');
    const [back] = datasources().flatMap(({ jsonData }) => jsonData.tracesToLogsV2 ?? []);
    expect(back).toMatchObject({ datasourceUid: 'loki', query: expect.stringContaining('__trace.traceId') });
  });
});

it('Alloy labels entries as the logger does', () => {
  const config = readFileSync('ops/alloy/config.alloy', 'utf8');
  const labels = /stage\.labels \{\s*values = \{([^}]*)\}/.exec(config)?.[1] ?? '';
  expect([...labels.matchAll(/(\w+) =/g)].map(([, label]) => label).toSorted()).toEqual(pushed().labels.toSorted());
});

it('every alert says what is wrong, what it means, and where to begin', () => {
  expect(alertRules().length).toBeGreaterThan(15);
  for (const { labels, annotations } of alertRules()) {
    expect(['critical', 'warning', 'info']).toContain(labels['severity']);
    for (const part of ['summary', 'description', 'runbook']) expect(annotations[part]).toMatch(/\S{3}/);
  }
});

it('every alert is one that the tests of the rules expect to fire', () => {
  const tests = readFileSync(RULE_TESTS, 'utf8');
  const expected = [...tests.matchAll(/alertname="(\w+)"/g)].map(([, name]) => name);
  expect(expected.toSorted()).toEqual(
    alertRules()
      .map(({ alert }) => alert)
      .toSorted(),
  );
});

describe('Prometheus', () => {
  it.each(places)('scrapes every service where the shop runs in: %s', (place) => {
    const scraped = scrapeTargets(place).flatMap(({ targets, labels: { service } }) =>
      targets.map((target) => [service, target] as const),
    );
    const hostOf = (service: string) => (place === 'host' ? 'host.docker.internal' : service);
    const all = Object.entries({ ...servicePorts, gateway: gatewayPort });
    expect(Object.fromEntries(scraped)).toEqual(
      Object.fromEntries(all.map(([service, port]) => [service, `${hostOf(service)}:${port}`])),
    );
  });

  it('reads them from the file that compose mounts', () => {
    const files = prometheusConfig().scrape_configs.flatMap(({ file_sd_configs = [] }) => file_sd_configs);
    expect(files).toEqual([{ files: ['/etc/shop-targets.yml'] }]);
    for (const place of places)
      expect(volumeAt(composeServices({ SHOP_AT: place })['prometheus'] ?? {}, '/etc/shop-targets.yml')).toBe(
        `./ops/prometheus/targets/${place}.yml`,
      );
    expect(composeServices()).toEqual(composeServices({ SHOP_AT: 'containers' }));
  });
});
