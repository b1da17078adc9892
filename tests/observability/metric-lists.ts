import { readFileSync } from 'node:fs';

/** What is known of a metric. */
interface Metric {
  readonly type: string;
  readonly labels: readonly string[];
}

/** By name. */
export type MetricList = Readonly<Record<string, Metric>>;

/** The tables of docs/metrics.md: name, type, labels. */
export function documentedMetrics(): MetricList {
  const rows = readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| `(\w+)` +\| (\w+) +\| ([^|]*?) +\|/gm);
  return sorted([...rows].map(([, name = '', type = '', labels = '']) => [name, { type, labels: words(labels) }]));
}

/** What `/metrics` of several services shows together. Labels are those of all series there are. */
export function shownMetrics(texts: readonly string[]): MetricList {
  const shown = new Map<string, { type: string; labels: Set<string> }>();
  for (const line of texts.join('\n').split('\n')) {
    const [, described, type] = /^# TYPE (\w+) (\w+)$/.exec(line) ?? [];
    if (described && type) shown.set(described, shown.get(described) ?? { type, labels: new Set() });
    const [, series = '', labels = ''] = /^([a-z]\w*)\{(.*)\} /.exec(line) ?? [];
    const metric = shown.get(series) ?? shown.get(series.replace(/_(bucket|sum|count)$/, ''));
    for (const [, label = ''] of labels.matchAll(/(?:^|,)(\w+)="/g)) metric?.labels.add(label);
  }
  const metrics = [...shown].map(([name, { type, labels }]): [string, Metric] => {
    const own = [...labels].filter((label) => label !== 'service' && label !== 'le');
    return [name, { type, labels: own.toSorted() }];
  });
  return sorted(metrics);
}

const words = (text: string) => [...text.matchAll(/\w+/g)].map(([word]) => word).toSorted();
const sorted = (entries: [string, Metric][]): MetricList =>
  Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
