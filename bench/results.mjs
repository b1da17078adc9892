// What a benchmark found, as it is shown, kept and held against what it should be.
//
// A benchmark's `measure` resolves to
//   settled: how it was set, by name
//   figures: { what, spread, digits, unit, atLeast or atMost, aim }, each of which is held against its bounds
//   tables:  lists of rows, the first of them the heads
//   plots:   SVGs, by the name of their file
//   samples: all that was measured, for whoever wants to look closer
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { shown, table } from './figures.mjs';

const folder = join(import.meta.dirname, 'results');
const page = join(import.meta.dirname, 'RESULTS.md');

/** Whether a figure is what it should at least be: its median decides. */
export function isMet({ spread, atLeast = -Infinity, atMost = Infinity }) {
  return spread.median >= atLeast && spread.median <= atMost;
}

/** One sentence for each figure that is not. */
export function missed(figures) {
  return figures
    .filter((figure) => !isMet(figure))
    .map(({ what, spread, digits, unit = '', atLeast, atMost }) => {
      const wanted = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
      return `${what}: ${spread.median.toFixed(digits)}${unit}, not ${wanted}${unit}`;
    });
}

/** Lines for a terminal. */
export function lines({ figures, tables = [] }) {
  return [...table(rowsOf(figures)), ...tables.flatMap((rows) => ['', ...table(rows)])];
}

/** Keeps what was found in results/, and writes RESULTS.md anew from all that is kept there. */
export function keep(name, { plots = {}, ...found }) {
  mkdirSync(folder, { recursive: true });
  for (const [file, svg] of Object.entries(plots)) writeFileSync(join(folder, file), svg);
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  const whole = { at: new Date().toISOString(), machine, ...found, plots: Object.keys(plots) };
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(whole, null, 1)}\n`);
  writeFileSync(page, resultsPage());
}

function resultsPage() {
  const kept = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  const sections = kept.sort().flatMap((file) => {
    const { at, machine, settled, figures, tables, plots } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const settings = Object.entries(settled).map(([name, value]) => `${name} ${value}`);
    return [
      `## ${file.replace('.json', '')}`,
      '',
      `${at.slice(0, 10)}, Node ${machine.node}, ${machine.cores} × ${machine.cpu}; ${settings.join(', ')}.`,
      '',
      ...markdown(rowsOf(figures)),
      ...tables.flatMap((rows) => ['', ...markdown(rows)]),
      ...plots.flatMap((plot) => ['', `![${plot.replace('.svg', '')}](results/${plot})`]),
      '',
    ];
  });
  return [
    '# Results',
    '',
    'Written by `npm run bench`: medians of rounds, with the least and the most. The shop runs as `npm start` runs it on real servers,',
    'with durable commits, and with `NODE_ENV=production`, as what it is compared with. Where it is compared with another (gateway,',
    'shop, saga) they took turns, in the same minutes on the same machine, so ratios carry over to other machines, and absolute times',
    'do not. In shop and saga it is one process (`PROCESSES=one`), as the other is, and who has no turn stands still. Push is of one',
    'process too, and after that, not in turns, of a process each. Purchases, lists and details are counted once their rate no longer',
    'grows, at either: compilers go on for the first thousand.',
    '',
    ...sections,
  ].join('\n');
}

function rowsOf(figures) {
  return [
    ['what', 'measured', 'at least', 'aim', 'met'],
    ...figures.map((figure) => {
      const { what, spread, digits, unit = '', atLeast, atMost, aim } = figure;
      const bound = atLeast === undefined ? `≤ ${atMost}${unit}` : `≥ ${atLeast}${unit}`;
      return [what, `${shown(spread, digits)}${unit}`, bound, `${aim}${unit}`, isMet(figure) ? 'yes' : 'no'];
    }),
  ];
}

function markdown([heads, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)];
}
