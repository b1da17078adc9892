/** What was measured with so many processes of every service. */
export interface Point {
  readonly count: number;
  readonly perSecond: number;
  /** Of all processors' time, the share that anybody used, ours the share of this shop with its servers and clients. */
  readonly busy: number;
  readonly ours: number;
}

const SIZE = { width: 640, height: 360, left: 60, right: 60, top: 40, bottom: 50 };

/** Purchases a second, and how busy the machine was, by the number of processes: an SVG of its own. */
export function plot(points: readonly Point[], title: string): string {
  const { width, height, left, right, top, bottom } = SIZE;
  const counts = points.map(({ count }) => count);
  const highest = Math.max(...points.map(({ perSecond }) => perSecond)) * 1.2;
  const [first, last] = [Math.min(...counts) - 0.5, Math.max(...counts) + 0.5];
  const x = (count: number) => left + ((count - first) / (last - first)) * (width - left - right);
  const y = (share: number) => height - bottom - share * (height - top - bottom);
  const bar = (from: number, to: number, count: number, shift: number, fill: string) =>
    `<rect x="${x(count) + shift}" y="${y(to).toFixed(1)}" width="24" height="${(y(from) - y(to)).toFixed(1)}" fill="${fill}"/>`;
  const text = (at: readonly [number, number], words: string, anchor = 'middle') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}">${words}</text>`;
  const line = points.map(({ count, perSecond }) => `${x(count).toFixed(1)},${y(perSecond / highest).toFixed(1)}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text([width / 2, 20], title),
    ...points.flatMap(({ count, busy, ours }) => [
      bar(0, ours, count, -12, '#c9d7e8'),
      bar(ours, Math.max(busy, ours), count, -12, '#e8e8e8'),
    ]),
    `<polyline points="${line.join(' ')}" fill="none" stroke="#b03020" stroke-width="2"/>`,
    ...points.flatMap(({ count, perSecond }) => [
      `<circle cx="${x(count).toFixed(1)}" cy="${y(perSecond / highest).toFixed(1)}" r="4" fill="#b03020"/>`,
      text([x(count), y(perSecond / highest) - 10], `${perSecond.toFixed(1)}/s`),
      text([x(count), height - bottom + 18], `${count} of each`),
    ]),
    `<path d="M${left} ${top}V${height - bottom}H${width - right}V${top}" fill="none" stroke="#444"/>`,
    ...[0, 0.5, 1].map((share) => text([width - right + 6, y(share) + 4], `${share * 100} %`, 'start')),
    text([left, top - 6], 'purchases a second', 'start'),
    text([width - right, top - 6], 'processors in use', 'end'),
    text([width / 2, height - 12], 'blue: the shop, its servers and its clients; grey: what else ran on the machine'),
    '</svg>',
    '',
  ].join('\n');
}
