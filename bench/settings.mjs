// How a benchmark is set: numbers by name, each by its usual value unless its command line says otherwise (--rounds 6).
import { parseArgs } from 'node:util';

export function settingsOf(args, usual) {
  const options = Object.fromEntries(
    Object.entries(usual).map(([name, value]) => [name, { type: 'string', default: String(value) }]),
  );
  const { values } = parseArgs({ args, options });
  const settled = Object.fromEntries(Object.keys(usual).map((name) => [name, Number(values[name])]));
  for (const [name, value] of Object.entries(settled))
    if (!(value > 0)) throw new Error(`--${name} is to be a number above 0`);
  return settled;
}
