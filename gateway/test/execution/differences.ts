import { parse, validate } from 'graphql';
import { Random } from '../../../tests/chaos/random.js';
import { type Came, type Compile, compiledExecutor, Graph, stockExecutor } from './both-executors.js';
import { type Faults, noFaults } from './faults.js';
import { randomGraph } from './random-graph.js';
import { type RandomOperation, randomOperation } from './random-operation.js';

/** An operation on which two executors disagree. */
export interface Difference {
  readonly seed: number;
  readonly graph: number;
  readonly world: string;
  readonly operation: RandomOperation;
  readonly faults: Faults;
  readonly stock: Came;
  readonly ours: Came;
}

/** What was compared. */
export interface Comparison {
  readonly cases: number;
  readonly graphs: number;
  /** Cases in which an executor told of an error, or of a value that is none. */
  readonly faulty: number;
  readonly difference: Difference | null;
}

const OPERATIONS_PER_GRAPH = 8;
/** Each operation is run in so many worlds, with other values and other faults. */
const WORLDS = 2;
const FAULTS: readonly Faults[] = [
  noFaults,
  { ...noFaults, error: 0.15 },
  { ...noFaults, malformed: 0.06 },
  { ...noFaults, away: 0.25, error: 0.05 },
  { away: 0.05, error: 0.05, malformed: 0.03, nonsense: 0.2 },
];

/** Compares ours to stock on random graphs, until there were so many cases, or one on which they disagree. */
export async function compareExecutors(Compiled: Compile, cases: number, seed: number): Promise<Comparison> {
  const random = new Random(seed);
  const so = { cases: 0, graphs: 0, faulty: 0 };
  for (let number = 0; so.cases < cases; number += 1) {
    const graph = Graph.compose(randomGraph(new Random(seed + number * 7_919)));
    if (!graph) continue;
    so.graphs += 1;
    for (const operation of operationsFor(random, graph)) {
      const document = parse(operation.query);
      const plan = graph.plan(document);
      const stock = stockExecutor(graph, document, plan);
      const ways = (['runToText', 'runToObject'] as const).map((way) =>
        compiledExecutor(Compiled, graph, document, plan, way),
      );
      for (const faults of FAULTS.flatMap((one) => Array<Faults>(WORLDS).fill(one))) {
        const world = `${seed} ${so.cases}`;
        so.cases += 1;
        const expected = await graph.run(stock, operation, world, faults);
        if (expected.errors ?? expected.extensions ?? expected.rejected) so.faulty += 1;
        for (const way of ways) {
          const ours = await graph.run(way, operation, world, faults);
          if (JSON.stringify(ours) === JSON.stringify(expected)) continue;
          return { ...so, difference: { seed, graph: number, world, operation, faults, stock: expected, ours } };
        }
      }
    }
  }
  return { ...so, difference: null };
}

function operationsFor(random: Random, { schema }: Graph): RandomOperation[] {
  const operations: RandomOperation[] = [];
  for (let tries = 0; operations.length < OPERATIONS_PER_GRAPH && tries < 200; tries += 1) {
    const operation = randomOperation(random, schema);
    if (validate(schema, parse(operation.query)).length === 0) operations.push(operation);
  }
  return operations;
}
