import { type Finding, finding } from '../support/invariants.js';
import type { Stream } from './follow-order.js';

/** What only customers can say. */
export interface Experiences {
  /** Purchases that ended in no order, and why. */
  readonly failures: readonly string[];
  readonly streams: readonly Stream[];
}

/** That everybody got through, and that the streams were whole. */
export function experiences({ failures, streams }: Experiences): Finding[] {
  const inOrder = ({ versions }: Stream) => versions.every((version, index) => version === index + 1);
  const records = (some: readonly Stream[]) => some.map((stream) => ({ ...stream }));
  return [
    finding(
      'every purchase ended as it may',
      failures.map((failure) => ({ failure })),
    ),
    finding('a stream gives each version once, in order, none missing', records(streams.filter((s) => !inOrder(s)))),
    finding('every stream came to its end', records(streams.filter(({ complete }) => !complete))),
  ];
}
