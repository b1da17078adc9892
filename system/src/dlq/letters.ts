import type { DeadLetter } from '@shop/shared/messaging/dead-letters';

const HEAD = ['ID', 'QUEUE', 'SERVICE', 'ATTEMPTS', 'AGE', 'REASON'];
const REASON_WIDTH = 80;

/** A line for each letter, in columns, and one for each queue of which no more than `limit` were asked for. */
export function table(letters: readonly DeadLetter[], limit: number, now: Date): string[] {
  if (letters.length === 0) return ['There are no dead letters.'];
  const rows = letters.map(({ id, queue, service, attempts, diedAt, reason }) => [
    ...[id, queue, service, String(attempts), age(diedAt, now)],
    printable(reason).slice(0, REASON_WIDTH),
  ]);
  const lines = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = (line: readonly string[]) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  const queues = [...Map.groupBy(letters, ({ queue }) => queue)];
  const full = queues.filter(([, { length }]) => length >= limit);
  return [
    ...lines.map((line) => padded(line).trimEnd()),
    ...full.map(([queue]) => `Of ${queue} these are the oldest ${limit}; there may be more.`),
  ];
}

/** All that is known of a letter. */
export function inFull(letter: DeadLetter, now: Date): string[] {
  return [
    `id              ${letter.id}`,
    `queue           ${letter.queue}`,
    `service         ${printable(letter.service)}`,
    `reason          ${printable(letter.reason)}`,
    `attempts        ${letter.attempts}`,
    `given up        ${letter.diedAt.toISOString()}, ${age(letter.diedAt, now)} ago`,
    `routing key     ${printable(letter.type)}`,
    `message id      ${letter.messageId}`,
    `correlation id  ${printable(letter.correlationId)}`,
    '',
    ...body(letter.text),
  ];
}

/** Lines that a terminal can be trusted with, whatever the publisher sent. */
function body(text: string): string[] {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).split('\n').map(printable);
  } catch {
    return text.split('\n').map(printable);
  }
}

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '�');
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

function age(since: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - since.getTime()) / 1_000));
  const [unit, size] = UNITS.find(([, inSeconds]) => seconds >= inSeconds) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${unit}`;
}
