import { Laboratory, type Service } from './laboratory.js';
import type { Content } from './contents.js';
import { contentsOf, prepare } from './prepare.js';
import { RuleBook } from './rule-book.js';
import { Saga } from './saga.js';
import type { Scenario } from './scenarios.js';
import { explore, type Found } from './search.js';
import { isQuiet, keyOf } from './state.js';
import { Transitions } from './transitions.js';

/** What an exploration of one scenario has come to. */
export interface Explored extends Found {
  /** Steps of single services that were done on the databases. */
  readonly done: number;
  /** Of those that were done a second time: those that came out differently. */
  readonly different: readonly string[];
}

/** So many steps of each scenario are done twice. */
const REPEATED = 25;

/** Drives one order after the other through everything that can happen to it. */
export class Explorer {
  private constructor(
    private readonly laboratory: Laboratory,
    private readonly rules: RuleBook,
    private readonly empty: Readonly<Record<Service, Content>>,
  ) {}

  static async open(): Promise<Explorer> {
    const laboratory = await Laboratory.open();
    const rules = await RuleBook.open(laboratory.databaseUrl);
    return new Explorer(laboratory, rules, await contentsOf(laboratory));
  }

  async close(): Promise<void> {
    await this.rules.close();
    await this.laboratory.close();
  }

  /** Runs one SQL statement in a service's database: for the test of the test. */
  async alter(service: Service, statement: string): Promise<void> {
    await this.laboratory.contents[service].sql(statement);
  }

  async explore(scenario: Scenario): Promise<Explored> {
    // What was learnt of services that may have been altered since is not used again.
    const transitions = new Transitions(this.laboratory);
    const saga = new Saga(transitions);
    const { root, beginning } = await prepare(this.laboratory, transitions, scenario, this.empty);
    await this.rules.begin(beginning);
    const found = await explore({
      ...{ root, keyOf, isQuiet },
      steps: (state) => saga.steps(state),
      check: (state) => this.rules.broken(state.contents, isQuiet(state)),
    });
    const different = found.counterExample ? [] : await transitions.repeat(REPEATED);
    return { ...found, done: transitions.steps, different };
  }
}
