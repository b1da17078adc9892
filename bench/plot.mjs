// Lines over concurrency, as an SVG of its own.

const SIZE = { width: 640, height: 360, left: 60, right: 130, top: 40, bottom: 50 };
const COLOURS = ['#b03020', '#28609a', '#3b7d3b', '#8a6d1c'];

/** `series`: { name, points: [[x, y], ...] }; x goes by its logarithm, y from 0. */
export function plot({ title, across, up, series }) {
  const { width, height, left, right, top, bottom } = SIZE;
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((one, other) => one - other);
  const highest = Math.max(...series.flatMap(({ points }) => points.map(([, y]) => y))) * 1.1;
  const [first, last] = [Math.log(xs[0]), Math.log(xs.at(-1))];
  const x = (value) => left + ((Math.log(value) - first) / (last - first || 1)) * (width - left - right);
  const y = (value) => height - bottom - (value / highest) * (height - top - bottom);
  const text = (at, words, anchor = 'middle') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}">${words}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text([width / 2, 20], title),
    `<path d="M${left} ${top}V${height - bottom}H${width - right}" fill="none" stroke="#444"/>`,
    ...xs.map((value) => text([x(value), height - bottom + 18], String(value))),
    ...ticks(highest).map((value) => text([left - 6, y(value) + 4], String(value), 'end')),
    text([(left + width - right) / 2, height - 12], across),
    text([left, top - 6], up, 'start'),
    ...series.flatMap(({ name, points }, number) => {
      const colour = COLOURS[number % COLOURS.length];
      const line = points.map(([one, other]) => `${x(one).toFixed(1)},${y(other).toFixed(1)}`).join(' ');
      const [endX, endY] = points.at(-1);
      return [
        `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...points.map(
          ([one, other]) => `<circle cx="${x(one).toFixed(1)}" cy="${y(other).toFixed(1)}" r="3" fill="${colour}"/>`,
        ),
        text([x(endX) + 8, y(endY) + 4], name, 'start'),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}

/** Some five round numbers from 0 on. */
function ticks(highest) {
  const rough = highest / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, n) => Number((n * step).toPrecision(6)));
}
