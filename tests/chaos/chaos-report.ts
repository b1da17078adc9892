import type { ChaosReport } from './chaos.js';
import { seconds } from './chaos.js';

/** A run in lines for people: what became of orders, recoveries, and each invariant with its violations. */
export function printed(report: ChaosReport): string {
  const { seed, recoveries, findings, troubles } = report;
  const listed = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ');
  const { streams, mails, underFault, purchase, placedToDecided } = report;
  return [
    `Seed ${seed}: ${report.kills} processes killed, ${report.faults} faults in all (${report.missed} of a connection done elsewhere, as none was opened), ` +
      `${report.orders} orders, ${seconds(report.tookMs)}.`,
    `Begun while faults came: ${underFault.begun}; decided meanwhile: ${underFault.decided}; that met a fault on their way: ` +
      `${underFault.met}. ${report.refused} purchases of what was gone were refused, and made of something else.`,
    `An administrator changed prices and stocks ${report.edits.changes} times and deleted ${report.edits.deletions} products.`,
    `Orders: ${listed(report.decisions)} (${listed(report.cancellations)}). Purchase ${both(purchase)}; placed to decided ${both(placedToDecided)}.`,
    `Streams: ${streams.count} orders, ${streams.events} events over ${streams.connections} connections.`,
    `Mail: ${mails.count} came, ${mails.again} of them again; ${mails.faults} faults hit their way.`,
    report.quietAfterMs === undefined
      ? 'Something was under way to the end.'
      : `Quiet ${seconds(report.quietAfterMs)} after the last fault.`,
    '',
    'Fault                                    count   lasted (median, worst)   recovery (median, worst)',
    ...recoveries.map(
      ({ kind, of, count, lasted, recovery, unseen }) =>
        `${`${kind} ${of}`.padEnd(40)} ${String(count).padStart(5)}   ${pair(lasted)}        ${recovery ? pair(recovery) : '       ?        ?'}` +
        (unseen > 0 ? `   (${unseen} with no order after it)` : ''),
    ),
    '',
    'What customers were told meanwhile:',
    ...Object.entries(troubles).map(([trouble, count]) => `${String(count).padStart(6)}  ${trouble}`),
    '',
    'Violations of each invariant:',
    ...findings.map(({ invariant, count }) => `${String(count).padStart(6)}  ${invariant}`),
    ...findings.flatMap(({ invariant, first }) =>
      first ? ['', `The first that breaks "${invariant}":`, JSON.stringify(first, null, 2)] : [],
    ),
    '',
    `${findings.reduce((sum, { count }) => sum + count, 0)} violations.`,
  ].join('\n');
}

interface Spread {
  readonly median: number;
  readonly worst: number;
}

function both({ median, worst }: Spread): string {
  return `${seconds(median)} at the median, ${seconds(worst)} at worst`;
}

function pair({ median, worst }: Spread): string {
  return `${seconds(median).padStart(8)} ${seconds(worst).padStart(8)}`;
}
