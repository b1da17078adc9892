import type { GraphQLSchema } from 'graphql';
import { Random } from '../../chaos/random.js';
import { type Finding, Findings } from '../../rest/fuzz/findings.js';
import { exchange, type Heard } from '../../rest/fuzz/raw-http.js';
import { written } from '../../rest/fuzz/requests.js';
import { authorizationOf } from './callers.js';
import { HostileValues } from './hostile-values.js';
import { jsonObject, membersOf, type WrittenOperation } from './operation.js';
import { OperationWriter } from './operation-writer.js';
import type { Present } from './scene.js';
import { SpoiltRequests } from './spoilt-requests.js';
import { type Asked, faultIn } from './verdict.js';
import { converse } from './websocket-exchange.js';
import { websocketScript } from './websocket-scripts.js';
import { faultInConversation, said } from './websocket-verdict.js';

export type Sort = 'valid' | 'mutated';

const QUIET_MS = 150;
const MOST_SHOWN = 8_000;
/** What is sent again is one of so many that went before. */
const RECENT = 30;
const SHARES = { known: 0.25, mutation: 0.3, subscription: 0.04, byGet: 0.06, chunked: 0.05, websocket: 0.12 } as const;
/** A URL that is longer is refused before anybody reads it. */
const LONGEST_URL = 8_000;

/** What one sort of operation took, all of them together. */
interface Spent {
  readonly count: number;
  readonly ms: number;
}

/** Sends operations, each the same for the same seed and number, and judges every answer. */
export class Fuzzer {
  readonly counts: Readonly<Record<Sort, Record<string, number>>> = { valid: {}, mutated: {} };
  sent = 0;
  private readonly spent = new Map<string, Spent>();
  private readonly findings = new Findings(MOST_SHOWN);
  private readonly writer: OperationWriter;
  private readonly values: HostileValues;
  private readonly spoilt: SpoiltRequests;

  /** `port`: the gateway's. An answer that takes longer is a fault. */
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly port: number,
    private readonly seed: number,
    private readonly answerWithinMs: number,
  ) {
    this.values = new HostileValues(seed);
    this.writer = new OperationWriter(schema, this.values);
    this.spoilt = new SpoiltRequests(this.values, seed);
  }

  get found(): readonly Finding[] {
    return this.findings.all;
  }

  /** The sorts of operations that took longest, and how long. */
  slowest(most: number): readonly (readonly [what: string, spent: Spent])[] {
    return [...this.spent].toSorted(([, one], [, other]) => other.ms - one.ms).slice(0, most);
  }

  /** The operation of one number. */
  async send(sort: Sort, number: number, present: Present): Promise<void> {
    const random = this.randomOf(sort, number);
    const operation = this.operationOf(random, number, present);
    this.sent += 1;
    if (sort === 'valid') await this.sendValid(random, operation, present, number);
    else if (random.chance(SHARES.websocket)) await this.sendByWebsocket(random, operation, present, number);
    else await this.sendSpoilt(random, operation, present, number);
  }

  private randomOf(sort: Sort, number: number): Random {
    return new Random(Math.imul(this.seed, 0x9e3779b1) + number * 2 + (sort === 'valid' ? 0 : 1));
  }

  /** Now and then one that was sent before, and was valid: what the gateway knows already takes a shorter way through it. */
  private operationOf(random: Random, number: number, present: Present): WrittenOperation {
    if (number > 0 && random.chance(SHARES.known)) {
      const earlier = Math.max(number - 1 - random.below(RECENT), 0);
      return this.operationOf(this.randomOf('valid', earlier), earlier, present);
    }
    const chance = random.next();
    const { mutation, subscription } = SHARES;
    const kind = chance < subscription ? 'subscription' : chance < subscription + mutation ? 'mutation' : 'query';
    return this.writer.write(random, kind, present.known);
  }

  private async sendValid(random: Random, operation: WrittenOperation, { callerOf }: Present, number: number) {
    const caller = callerOf(random);
    const byGet = operation.kind === 'query' && random.chance(SHARES.byGet) && fitsUrl(operation);
    const framing = random.chance(SHARES.chunked) ? 'chunked' : 'length';
    const target = operation.kind === 'subscription' ? '/graphql/stream' : '/graphql';
    const request = written({
      method: byGet ? 'GET' : 'POST',
      target: byGet ? urlOf(operation) : target,
      headers: [...authorizationOf(caller), ['Content-Type', 'application/json']],
      content: byGet ? Buffer.alloc(0) : Buffer.from(jsonObject(membersOf(operation))),
      framing: byGet ? 'length' : framing,
    });
    const asked: Asked = { ...request, operation: operation.name, caller, valid: operation };
    const stream = operation.kind === 'subscription' ? { enough: hasEvent, quietMs: QUIET_MS } : undefined;
    const { bytes, bodiless } = request;
    const heard = await this.timed(`valid ${operation.kind}`, () =>
      exchange({
        ...{ port: this.port, bytes, bodiless, hangUp: false, deadlineMs: this.answerWithinMs },
        ...(stream && { stream }),
      }),
    );
    this.judged('valid', asked, heard, number);
  }

  private async sendSpoilt(random: Random, operation: WrittenOperation, { callerOf }: Present, number: number) {
    const caller = callerOf(random);
    const request = this.spoilt.spoil(operation, caller, random);
    const { bytes, bodiless, broken } = request;
    const heard = await this.timed(request.operation, () =>
      exchange({ port: this.port, bytes, bodiless, hangUp: broken, deadlineMs: this.answerWithinMs }),
    );
    this.judged('mutated', { ...request, caller, valid: null }, heard, number);
  }

  private async sendByWebsocket(random: Random, operation: WrittenOperation, { callerOf }: Present, number: number) {
    const caller = callerOf(random);
    const script = websocketScript(operation, caller, this.values, random);
    const heard = await this.timed(script.name, () => converse(this.port, script, this.answerWithinMs));
    this.count('mutated', `websocket ${heard.closed?.code ?? (heard.silent ? 'silence' : 'answered')}`);
    const fault = faultInConversation(script, caller, heard);
    if (fault === null) return;
    const body = `${heard.messages.join('\n')} ${JSON.stringify(heard.closed)}`;
    const asked = {
      operation: `${script.name}, by ${caller.kind}`,
      bytes: Buffer.from(`mutated ${number}\n${said(script)}`),
    };
    this.findings.note(fault, asked, { kind: 'answer', status: 101, headers: new Map(), body });
  }

  private judged(sort: Sort, asked: Asked, heard: Heard, number: number): void {
    this.count(sort, heard.kind === 'answer' ? String(heard.status) : heard.kind);
    const fault = faultIn(this.schema, asked, heard);
    if (fault === null) return;
    const bytes = Buffer.concat([Buffer.from(`${sort} ${number}\n`), asked.bytes]);
    this.findings.note(fault, { operation: `${asked.operation}, by ${asked.caller.kind}`, bytes }, heard);
  }

  private async timed<Result>(what: string, send: () => Promise<Result>): Promise<Result> {
    const began = performance.now();
    const result = await send();
    const { count, ms } = this.spent.get(what) ?? { count: 0, ms: 0 };
    this.spent.set(what, { count: count + 1, ms: ms + performance.now() - began });
    return result;
  }

  private count(sort: Sort, what: string): void {
    this.counts[sort][what] = (this.counts[sort][what] ?? 0) + 1;
  }
}

const hasEvent = (body: string) => /^event: next\ndata: .*\n\n/m.test(body);

/** Keys that reach prototypes are left out of bodies; in a URL they are variables like others. */
const fitsUrl = (operation: WrittenOperation) =>
  !('__proto__' in operation.variables) && urlOf(operation).length < LONGEST_URL;

/** A query as a GET has it. */
function urlOf(operation: WrittenOperation): string {
  const parameters = membersOf(operation).map(([key, text]) => {
    const value = key === 'variables' ? text : (JSON.parse(text) as string);
    return `${key}=${encodeURIComponent(value)}`;
  });
  return `/graphql?${parameters.join('&')}`;
}
