import { noteDuplicate } from './handling.js';
import { acceptOnce, isHandledBefore, type Received } from './inbox.js';
import { type Destination, Outbox, type OutboxRow, type Step } from './outbox.js';
import { isStalePlan, sqlState } from '../persistence/sql-state.js';
import type { Database, EntityManager } from '../persistence/database.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/** What a use-case works with: one unit of work, and the announcements that commit with it. */
export interface Tx {
  readonly em: EntityManager;
  readonly outbox: Outbox;
  /** A step of an order that nothing announces, for the log; written once the work is committed. */
  note(sentence: string, orderUuid: string): void;
  /** Runs `effect`, which must not throw, as soon as the work is committed; not at all if it never is. */
  afterCommit(effect: () => void): void;
}

/** Takes what was announced to one destination right after its commit, so that nobody has to look for it. */
export interface Carrier {
  readonly destination: Destination;
  /** Whether it would hand a row over now: then a transaction writes its rows as claimed by it. */
  readonly isTaking: boolean;
  take(rows: readonly OutboxRow[]): void;
}

/** PostgreSQL's "serialization failure" and "deadlock detected" (Appendix A of its manual): the same work can succeed. */
const RETRYABLE = new Set(['40001', '40P01']);
const ATTEMPTS = 5;

/**
 * Runs use-cases, one transaction each: state, outbox rows and inbox row commit together or not at all. After the commit
 * the carriers of this process have what was announced, and the log tells of each step of an order that was announced or noted.
 */
export class Transactions {
  private readonly carriers: Carrier[] = [];

  constructor(
    private readonly database: Database,
    private readonly telemetry: Pick<Telemetry, 'logger'>,
  ) {}

  /** From now on gives it what is announced to its destination. */
  carryBy(carrier: Carrier): void {
    this.carriers.push(carrier);
  }

  /** The result of `work`, once committed. `work` runs again, from the start, after a deadlock, or a migration. */
  async run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (attempt === ATTEMPTS || !canSucceed(error)) throw error;
      }
    }
  }

  /**
   * Handles a message in one transaction with its inbox row. Resolves to undefined, and does nothing, for a message that
   * was handled before.
   */
  async runOnce<Result>(message: Received, work: (tx: Tx) => Promise<Result>): Promise<Result | undefined> {
    try {
      return await this.run(async (tx) => {
        await acceptOnce(tx.em, message);
        return work(tx);
      });
    } catch (error) {
      if (!isHandledBefore(error)) throw error;
      noteDuplicate();
      return undefined;
    }
  }

  private async attempt<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const outbox = new Outbox();
    const effects: (() => void)[] = [];
    const noted: Step[] = [];
    const note: Tx['note'] = (sentence, orderUuid) => void noted.push({ sentence, fields: { order_uuid: orderUuid } });
    const afterCommit = (effect: () => void) => void effects.push(effect);
    const takers = this.carriers.filter(({ isTaking }) => isTaking);
    let claimed: readonly OutboxRow[] = [];
    const result = await this.database.fork().transactional(async (em) => {
      const value = await work({ em, outbox, note, afterCommit });
      await em.flush();
      claimed = await outbox.writeTo(em, new Set(takers.map(({ destination }) => destination)));
      return value;
    });
    for (const taker of takers) {
      const rows = claimed.filter(({ destination }) => destination === taker.destination);
      if (rows.length > 0) taker.take(rows);
    }
    for (const { sentence, fields } of [...noted, ...outbox.steps]) this.telemetry.logger.info(fields, sentence);
    for (const effect of effects) effect();
    return result;
  }
}

const canSucceed = (error: unknown): boolean => RETRYABLE.has(sqlState(error) ?? '') || isStalePlan(error);
