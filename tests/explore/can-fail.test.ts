import { jest } from '@jest/globals';
import { Explorer } from './explorer.js';
import * as mutants from './mutants.js';
import { anOrder, checkout, late, type Scenario } from './scenarios.js';

const { productsTake, paymentsTake, cartTakes, ordersForgetTheEnd, providerForgets, outboxOutside } = mutants;

jest.setTimeout(240_000);

/** One duplicate or crash, and nothing else. */
const faulty = { ...anOrder.extras, interruptions: 0, faults: 1 };

let explorer: Explorer;
beforeAll(async () => {
  explorer = await Explorer.open();
});
afterAll(() => explorer?.close());

/** Why the scenario goes wrong with something broken; it is mended again. */
async function brokenBy(mutate: () => { restore(): void }, scenario: Scenario): Promise<string | undefined> {
  const mutant = mutate();
  try {
    const { counterExample } = await explorer.explore(scenario);
    expect(counterExample?.steps.length).toBeGreaterThan(0);
    return counterExample?.fault;
  } finally {
    mutant.restore();
  }
}

/** Runs with an inbox that never says no. */
async function withoutInbox<Result>(work: () => Promise<Result>): Promise<Result> {
  await mutants.inboxAccepts(explorer);
  try {
    return await work();
  } finally {
    await mutants.inboxMended(explorer);
  }
}

describe('with its guard by business key off', () => {
  it('products reserves twice', async () => {
    const again = () => productsTake((found) => (found.state === 'reserved' ? { state: 'open' } : found));
    const fault = await withoutInbox(() => brokenBy(again, anOrder));
    expect(fault).toMatch(/^what is missing in stock is reserved/);
  });

  it('payments takes money for what it has given back', async () => {
    const again = () => paymentsTake('lock', (found) => (found.status === 'REFUNDED' ? { status: 'NEW' } : found));
    expect(await withoutInbox(() => brokenBy(again, anOrder))).toMatch(/^a cancelled order has /);
  });

  it('the provider charges twice', async () => {
    expect(await brokenBy(providerForgets, anOrder)).toMatch(/^nobody is charged, or given back, twice/);
  });

  it('orders ends twice', async () => {
    expect(await brokenBy(ordersForgetTheEnd, late)).toMatch(/^a paid order has /);
  });

  it('cart is taken twice', async () => {
    expect(await brokenBy(() => cartTakes(() => ({ state: 'new' })), checkout)).toMatch(
      /^every item is in the cart, or in one checkout/,
    );
  });
});

describe('with the outbox outside of the transaction', () => {
  it('an event is lost', async () => {
    expect(await brokenBy(outboxOutside, { ...anOrder, extras: faulty })).toMatch(
      // Held for an order that waits for good.
      /^stock at the start is stock now/,
    );
  });
});

describe('with the rule of late cancellations off', () => {
  it('products reserves for an order that is cancelled', async () => {
    const forgets = () => productsTake((found) => (found.state === 'cancelled' ? { state: 'open' } : found));
    expect(await brokenBy(forgets, late)).toMatch(/^stock at the start is stock now/);
  });

  it('payments charges for an order that is cancelled', async () => {
    const forgets = () => paymentsTake('lock', (found) => (found.status === 'TOMBSTONE' ? { status: 'NEW' } : found));
    expect(await brokenBy(forgets, late)).toMatch(/^a cancelled order has no payment/);
  });

  it('payments keeps what it took while it heard of the cancellation', async () => {
    const forgets = () =>
      paymentsTake('lockKnown', (found) => (found.status === 'PENDING' ? { ...found, cancelled: false } : found));
    expect(await brokenBy(forgets, late)).toMatch(/^a cancelled order has no payment/);
  });

  it('cart gives to an order that will never be', async () => {
    const forgets = () => cartTakes((found) => (found.state === 'abandoned' ? { state: 'new' } : found));
    expect(await brokenBy(forgets, checkout)).toMatch(/^what left a cart is in an order/);
  });
});

describe('with the inbox off, and nothing else', () => {
  it.each([anOrder, late, checkout].map((scenario) => ({ ...scenario, extras: faulty })))(
    '$name: all holds',
    async (scenario) => {
      const { counterExample, states } = await withoutInbox(() => explorer.explore(scenario));
      expect(counterExample).toBeUndefined();
      expect(states).toBeGreaterThan(100);
    },
  );
});
