import fc from 'fast-check';
import { type Finding, Findings } from './findings.js';
import { exchange } from './raw-http.js';
import type { Tokens } from './headers.js';
import { type FuzzedRequest, requests } from './requests.js';
import type { Operation } from './operations.js';
import type { Known } from './values.js';
import { faultIn } from './verdict.js';

interface FuzzOptions {
  readonly port: number;
  readonly operations: readonly Operation[];
  readonly tokens: Tokens;
  readonly count: number;
  readonly seed: number;
  /** No round begins past this time, in ms of performance.now(). */
  readonly until: number;
  /** What there is to name, asked again before every round, as the requests change it. */
  readonly known: () => Promise<Known>;
}

export interface Fuzzed {
  readonly sent: number;
  /** How many answers there were of each status; `closed` without one. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

const ROUND = 100;
const AT_ONCE = 4;
const ANSWER_WITHIN_MS = 5_000;

/** Sends generated requests, the same ones for the same seed, a few at a time, and judges every answer. */
export async function fuzz({ port, operations, tokens, count, seed, until, known }: FuzzOptions): Promise<Fuzzed> {
  const findings = new Findings();
  const statuses: Record<string, number> = {};
  let sent = 0;
  const one = async (request: FuzzedRequest) => {
    const { bytes, bodiless, broken } = request;
    const heard = await exchange({ port, bytes, bodiless, hangUp: broken, deadlineMs: ANSWER_WITHIN_MS });
    const status = heard.kind === 'answer' ? String(heard.status) : heard.kind;
    statuses[status] = (statuses[status] ?? 0) + 1;
    sent += 1;
    const fault = faultIn(request, heard);
    if (fault) findings.note(fault, request, heard);
  };
  for (let round = 0; round * ROUND < count && performance.now() < until; round += 1) {
    const numRuns = Math.min(ROUND, count - round * ROUND);
    const left = fc.sample(requests(operations, await known(), tokens), { seed: seed + round, numRuns }).values();
    // The workers share one iterator: each takes the next request when its last one was answered.
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (const request of left) await one(request);
      }),
    );
  }
  return { sent, statuses, findings: findings.all };
}
