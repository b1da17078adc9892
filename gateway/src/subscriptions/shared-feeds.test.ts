import type { ExecutionResult } from 'graphql';
import { SharedFeeds } from './shared-feeds.js';
import type { SubscriptionPlan } from './subscription-plan.js';
import type { FeedListener, PlannedSubscription } from './upstream-feed.js';
import type { UpstreamPool } from './upstream-pool.js';
import type { UpstreamSink } from './upstream-socket.js';

const operation = 'subscription ($id: ID) { orderStatusChanged(orderId: $id) { id } }';

/** A subgraph whose streams are what the test makes them: the sink of each, in the order in which they were opened. */
function aSubgraph() {
  const sinks: UpstreamSink[] = [];
  const open = new Set<UpstreamSink>();
  const subscribe = (_payload: unknown, sink: UpstreamSink) => {
    sinks.push(sink);
    open.add(sink);
    return () => void open.delete(sink);
  };
  const pool = { socketTo: () => ({ subscribe }) } as unknown as UpstreamPool;
  const tracing = { inSpan: (_name: string, _options: object, work: () => unknown) => work() };
  return { sinks, open, feeds: new SharedFeeds(pool, { tracing } as never) };
}

const plan = {
  primary: { serviceName: 'orders', operation, variableUsages: ['id'] },
  url: 'http://127.0.0.1:1/graphql',
  primaryVariables: (variables: object) => variables,
  answer: async (event: ExecutionResult) => event,
} as unknown as SubscriptionPlan;
const subscription = {
  plan,
  context: { authorization: 'Bearer a', requestId: 'r', clientAddress: '127.0.0.1', caller: null },
  variables: { id: '1' },
} as PlannedSubscription;

const at = (version: number): ExecutionResult => ({ data: { orderStatusChanged: { resume_version: version } } });
const withoutData = { data: null, errors: [{ message: 'a field failed' }] } as unknown as ExecutionResult;

function aListener() {
  const heard: Promise<ExecutionResult>[] = [];
  const listener: FeedListener = {
    event: (event) => void heard.push(event()),
    failed: () => undefined,
    ended: () => undefined,
  };
  return { listener, heard: () => Promise.all(heard) };
}

describe('equal feeds', () => {
  it('are one from the version that both have come to', async () => {
    const { sinks, open, feeds } = aSubgraph();
    const [first, second] = [aListener(), aListener()];
    for (const { listener } of [first, second]) feeds.open(subscription, listener);
    sinks[0]?.next(at(1));
    expect(open.size).toBe(2);
    sinks[1]?.next(at(1));
    expect([...open]).toEqual([sinks[0]]);
    sinks[0]?.next(at(2));
    expect(await second.heard()).toEqual([at(1), at(2)]);
  });

  it('are not one after an event that told no version, until one tells it again', async () => {
    const { sinks, open, feeds } = aSubgraph();
    const [first, second] = [aListener(), aListener()];
    for (const { listener } of [first, second]) feeds.open(subscription, listener);
    for (const event of [at(1), withoutData]) sinks[0]?.next(event);
    sinks[1]?.next(at(1));
    expect(open.size).toBe(2);
    for (const sink of [sinks[1], sinks[0]]) sink?.next(sink === sinks[1] ? withoutData : at(3));
    sinks[1]?.next(at(3));
    expect(open.size).toBe(1);
    expect(await first.heard()).toEqual([at(1), withoutData, at(3)]);
    expect(await second.heard()).toEqual([at(1), withoutData, at(3)]);
  });

  it('are never one with a feed that everybody has left while it told of an event', async () => {
    const { sinks, open, feeds } = aSubgraph();
    const second = aListener();
    let leave = () => undefined as void;
    leave = feeds.open(subscription, { ...aListener().listener, event: () => leave() });
    feeds.open(subscription, second.listener);
    sinks[0]?.next(at(1));
    sinks[1]?.next(at(1));
    expect([...open]).toEqual([sinks[1]]);
    sinks[1]?.next(at(2));
    expect(await second.heard()).toEqual([at(1), at(2)]);
  });
});
