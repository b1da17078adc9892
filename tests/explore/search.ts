/** A step of some system, from one state to the next. */
interface Step<State> {
  readonly label: string;
  readonly state: State;
  readonly fault?: string;
}

/** What is explored, and what must hold there. */
export interface Exploration<State> {
  readonly root: State;
  readonly keyOf: (state: State) => string;
  readonly isQuiet: (state: State) => boolean;
  readonly steps: (state: State) => Promise<readonly Step<State>[]>;
  /** Why a state must not be; undefined when all is well. */
  readonly check: (state: State) => Promise<string | undefined>;
}

/** Which steps lead to what must not be. */
export interface CounterExample {
  readonly steps: readonly string[];
  readonly fault: string;
}

export interface Found {
  readonly states: number;
  /** From state to state; the same step from two states counts twice. */
  readonly steps: number;
  /** How many different sequences of steps lead from the root to a state where all is quiet. */
  readonly sequences: bigint;
  readonly quiet: number;
  /** None, or the first in the order of length: the search ends there. */
  readonly counterExample: CounterExample | undefined;
}

interface Visited {
  readonly from: Visited | undefined;
  readonly label: string;
  readonly next: Visited[];
  readonly quiet: boolean;
  sequences: bigint | undefined;
}

/** Visits every state once, nearest first. */
export async function explore<State>(exploration: Exploration<State>): Promise<Found> {
  const { root, keyOf, isQuiet, steps, check } = exploration;
  const visited = new Map<string, Visited>();
  const queue: [State, Visited][] = [];
  let taken = 0;
  let quiet = 0;
  const visit = (state: State, from: Visited | undefined, label: string): Visited => {
    const found: Visited = { from, label, next: [], quiet: isQuiet(state), sequences: undefined };
    visited.set(keyOf(state), found);
    queue.push([state, found]);
    if (found.quiet) quiet += 1;
    return found;
  };
  const report = (sequences: bigint, counterExample?: CounterExample): Found => ({
    ...{ states: visited.size, steps: taken, sequences, quiet, counterExample },
  });
  const first = visit(root, undefined, '');
  for (let index = 0; index < queue.length; index += 1) {
    const [state, here] = queue[index] ?? [root, first];
    // What has been looked at is not kept.
    delete queue[index];
    const fault = await check(state);
    if (fault) return report(0n, { steps: wayTo(here), fault });
    for (const step of await steps(state)) {
      taken += 1;
      if (step.fault) return report(0n, { steps: [...wayTo(here), step.label], fault: step.fault });
      const known = visited.get(keyOf(step.state));
      here.next.push(known ?? visit(step.state, here, step.label));
    }
    if (here.next.length === 0 && !here.quiet) return report(0n, { steps: wayTo(here), fault: 'nothing can go on' });
  }
  return report(sequencesFrom(first));
}

function wayTo(visited: Visited): string[] {
  const steps: string[] = [];
  for (let at = visited; at.from; at = at.from) steps.unshift(at.label);
  return steps;
}

/** Depth first, without recursion. Every step uses something up, so no way leads back. */
function sequencesFrom(root: Visited): bigint {
  const stack = [root];
  for (let at = stack.at(-1); at; at = stack.at(-1)) {
    if (at.sequences !== undefined) {
      stack.pop();
      continue;
    }
    const open = at.next.filter(({ sequences }) => sequences === undefined);
    if (open.length > 0) stack.push(...open);
    else at.sequences = at.next.reduce((sum, { sequences }) => sum + (sequences ?? 0n), at.quiet ? 1n : 0n);
  }
  return root.sequences ?? 0n;
}
