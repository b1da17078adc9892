import { DockerfileParser, type Env, type Instruction } from 'dockerfile-ast';

/** One instruction: its keyword, its flags (`--from=build`), and what else it says. */
export interface Step {
  readonly keyword: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly text: string;
  /** Of ENV. */
  readonly settings: Readonly<Record<string, string>>;
}

/** From one FROM to the next. */
export interface Stage {
  readonly name: string;
  /** The name of another stage, or an image. */
  readonly base: string;
  readonly steps: readonly Step[];
}

/** The stages of a Dockerfile, by name. What stands in front of the first is left out: arguments of FROM alone. */
export function stagesOf(text: string): ReadonlyMap<string, Stage> {
  const stages = new Map<string, Stage & { steps: Step[] }>();
  let current: Stage & { steps: Step[] } = { name: '', base: '', steps: [] };
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const step = stepOf(instruction);
    if (step.keyword === 'FROM') {
      const [base = '', , name = ''] = step.text.split(/\s+/);
      current = { name, base, steps: [] };
      stages.set(name, current);
    } else current.steps.push(step);
  }
  return stages;
}

/** The words of an instruction in its exec form: `CMD ["node", "main.js"]`. */
export function execForm({ keyword, text }: Step): string[] {
  const words: unknown = JSON.parse(text.slice(text.indexOf('[')));
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  throw new Error(`${keyword} is not in its exec form: ${text}`);
}

function stepOf(instruction: Instruction): Step {
  const keyword = instruction.getKeyword();
  let text = instruction.getArgumentsContent() ?? '';
  const flags: Record<string, string> = {};
  for (let flag = firstFlag(text); flag; flag = firstFlag(text)) {
    flags[flag.name] = flag.value;
    text = flag.rest;
  }
  const settings =
    keyword === 'ENV'
      ? Object.fromEntries((instruction as Env).getProperties().map((one) => [one.getName(), one.getValue() ?? '']))
      : {};
  return { keyword, flags, text, settings };
}

function firstFlag(text: string): { name: string; value: string; rest: string } | undefined {
  const found = /^--([\w-]+)=(\S+)\s+/.exec(text);
  return found ? { name: found[1] ?? '', value: found[2] ?? '', rest: text.slice(found[0].length) } : undefined;
}
