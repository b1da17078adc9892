import { globSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';

/** A query of a panel. */
export interface PanelQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly expr: string;
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly {
    readonly datasource: { readonly type: string; readonly uid: string };
    readonly expr?: string;
  }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
}

/** The dashboards that Grafana is given. */
export function dashboards(): Dashboard[] {
  return globSync('ops/grafana/dashboards/*.json').map((file) => JSON.parse(readFileSync(file, 'utf8')) as Dashboard);
}

/** Every query of every panel that asks one kind of data source. */
export function panelQueries(kind: 'prometheus' | 'loki'): PanelQuery[] {
  return dashboards().flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      (panel.targets ?? [])
        .filter(({ datasource }) => datasource.type === kind)
        .map(({ expr = '' }) => ({ dashboard: title, panel: panel.title, expr })),
    ),
  );
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const RULES = 'ops/prometheus/alerts.yml';
/** For promtool: each alert fires in a shop that is sick, and none in a healthy one. */
export const RULE_TESTS = 'ops/prometheus/alerts.test.yml';

/** Every alert rule. */
export function alertRules(): AlertRule[] {
  const { groups } = load(readFileSync(RULES, 'utf8')) as { groups: { rules: AlertRule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** Processes that Prometheus scrapes, and what it calls them. */
export interface Targets {
  targets: string[];
  readonly labels: { readonly service: string };
}

interface ScrapeConfig {
  readonly job_name: string;
  static_configs?: Targets[];
  file_sd_configs?: { readonly files: readonly string[] }[];
}

export interface PrometheusConfig {
  global: Record<string, string>;
  rule_files: string[];
  readonly scrape_configs: readonly ScrapeConfig[];
}

/** Prometheus' configuration, to be changed. */
export function prometheusConfig(): PrometheusConfig {
  return load(readFileSync('ops/prometheus/prometheus.yml', 'utf8')) as PrometheusConfig;
}

/** Where the shop may be, by what SHOP_AT of docker-compose.yml says. */
export const places = ['containers', 'host'] as const;

/** What Prometheus scrapes of a shop there. */
export function scrapeTargets(place: (typeof places)[number]): Targets[] {
  return load(readFileSync(`ops/prometheus/targets/${place}.yml`, 'utf8')) as Targets[];
}
