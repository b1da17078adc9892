import { DockerfileParser, type Env, type Instruction, type ModifiableInstruction } from 'dockerfile-ast';

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
  const flags = 'getFlags' in instruction ? (instruction as ModifiableInstruction).getFlags() : [];
  const properties = instruction.getKeyword() === 'ENV' ? (instruction as Env).getProperties() : [];
  return {
    keyword: instruction.getKeyword(),
    flags: Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue() ?? ''])),
    text: instruction.getArgumentsContent() ?? '',
    settings: Object.fromEntries(properties.map((one) => [one.getName(), one.getValue() ?? ''])),
  };
}
