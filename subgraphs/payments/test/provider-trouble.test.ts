import type { ChargeOutcome, PaymentProvider } from '../src/clients/payment-provider.js';
import { anOrder } from './an-order.js';
import { PaymentsService } from './payments-service.js';
import { eventually } from '../../../tests/support/eventually.js';

const charge = { kind: 'charge', outcome: 'charged' };
const refund = { kind: 'refund', outcome: 'refunded' };

type Trouble = () => Promise<void> | void;
const none: Trouble = () => undefined;

/** The simulated provider, with trouble of the test's choosing, and a count of what it was asked. */
class TroubledProvider implements PaymentProvider {
  readonly name = 'simulated';
  readonly calls: string[] = [];
  beforeCharge: Trouble = none;
  afterCharge: Trouble = none;
  beforeRefund: Trouble = none;
  afterRefund: Trouble = none;
  private provider: PaymentProvider | undefined;

  recover(): void {
    this.calls.length = 0;
    this.beforeCharge = this.afterCharge = this.beforeRefund = this.afterRefund = none;
  }

  readonly wrap = (provider: PaymentProvider): PaymentProvider => {
    this.provider = provider;
    return this;
  };

  async charge(...[asked]: Parameters<PaymentProvider['charge']>): Promise<ChargeOutcome> {
    this.calls.push(`charge ${asked.key}`);
    await this.beforeCharge();
    const outcome = await this.wrapped.charge(asked);
    await this.afterCharge();
    return outcome;
  }

  async refund(...[asked]: Parameters<PaymentProvider['refund']>): Promise<void> {
    this.calls.push(`refund ${asked.key}`);
    await this.beforeRefund();
    await this.wrapped.refund(asked);
    await this.afterRefund();
  }

  outcomeOf(key: string): Promise<ChargeOutcome | null> {
    return this.wrapped.outcomeOf(key);
  }

  private get wrapped(): PaymentProvider {
    if (!this.provider) throw new Error('not wrapped yet');
    return this.provider;
  }
}

/** Fails so many times, then no more. */
const failing = (times: number) => () => {
  times -= 1;
  if (times >= 0) throw new Error('503 from the provider');
};

let service: PaymentsService;
const provider = new TroubledProvider();
beforeAll(async () => {
  service = await PaymentsService.start({ PAYMENT_RETRY_S: '1', PAYMENT_TIMEOUT_MS: '300' }, provider.wrap);
});
beforeEach(() => provider.recover());
afterAll(() => service.stop());

const status = async (order: Parameters<PaymentsService['row']>[0]) => (await service.row(order))?.status;
const patient = { timeoutMs: 15_000 };

describe('a provider in trouble', () => {
  it('that can not be reached: the payment stays PENDING and is asked for again, never payment.failed', async () => {
    let away = true;
    provider.beforeCharge = () => {
      if (away) throw new Error('connection refused');
    };
    const order = anOrder();
    await service.request(order);
    await eventually(() => expect(provider.calls.length).toBeGreaterThanOrEqual(2));
    expect(await status(order)).toBe('PENDING');
    const shown = await service.get(`/payments/${order.order_uuid}`, service.auth.token({ userId: 7 }));
    expect(await shown.json()).toMatchObject({ status: 'PENDING' });
    away = false;
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid']), patient);
  });

  it('that charges and then times out has charged once', async () => {
    let slow = true;
    provider.afterCharge = () => (slow ? new Promise<void>((resolve) => setTimeout(resolve, 1_000)) : undefined);
    const order = anOrder();
    await service.request(order);
    await eventually(async () => expect(await service.ledger(order)).toEqual([charge]));
    expect(await status(order)).toBe('PENDING');
    slow = false;
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid']), patient);
    expect(await service.ledger(order)).toEqual([charge]);
  });

  it('that charges and then answers 5xx has charged once', async () => {
    provider.afterCharge = failing(1);
    const order = anOrder();
    await service.request(order);
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid']), patient);
    expect(await service.ledger(order)).toEqual([charge]);
  });

  it.each(['beforeRefund', 'afterRefund'] as const)(
    'at a refund (%s): the payment stays SUCCEEDED and is asked again until REFUNDED',
    async (when) => {
      const order = anOrder();
      await service.request(order);
      await eventually(() => expect(service.announced(order)).toEqual(['order.paid']));
      provider[when] = failing(2);
      await service.cancel(order);
      await eventually(() => expect(provider.calls.filter((call) => call.startsWith('refund'))).not.toHaveLength(0));
      expect(await service.row(order)).toEqual({ status: 'SUCCEEDED', cancelled: true });
      await eventually(() => expect(service.announced(order)).toEqual(['order.paid', 'payment.refunded']), patient);
      expect(await status(order)).toBe('REFUNDED');
      expect(await service.ledger(order)).toEqual([charge, refund]);
    },
  );

  it('a cancellation while the charge is in flight: it is refunded at once, and only payment.refunded is published', async () => {
    const order = anOrder();
    let release: () => void = () => undefined;
    provider.beforeCharge = () => new Promise<void>((resolve) => (release = resolve));
    await service.request(order);
    await eventually(async () => expect(await status(order)).toBe('PENDING'));
    await service.cancel(order);
    await eventually(async () => expect(await service.row(order)).toEqual({ status: 'PENDING', cancelled: true }));
    provider.recover();
    release();
    await eventually(() => expect(service.announced(order)).toEqual(['payment.refunded']), patient);
    expect(await status(order)).toBe('REFUNDED');
    expect(await service.ledger(order)).toEqual([charge, refund]);
  });
});

describe('after a crash', () => {
  it('between claim and call, the payment is charged, once', async () => {
    const order = anOrder();
    await service.leaveOpen(order);
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid']), patient);
    expect(await service.ledger(order)).toEqual([charge]);
  });

  it('between call and settling, what the provider did is noted, and not done again', async () => {
    const order = anOrder();
    await service.leaveOpen(order, { charged: true });
    await eventually(() => expect(service.announced(order)).toEqual(['order.paid']), patient);
    expect(await service.ledger(order)).toEqual([charge]);
    expect(provider.calls).toEqual([]);
  });

  it.each([
    ['before the call', false],
    ['after the call', true],
  ])('%s of a charge that was cancelled meanwhile, nothing is kept', async (_when, charged) => {
    const order = anOrder();
    await service.leaveOpen(order, { cancelled: true, charged });
    await eventually(() => expect(service.announced(order)).toEqual(['payment.refunded']), patient);
    expect(await service.ledger(order)).toEqual([charge, refund]);
  });

  it('between noting a due refund and making it, the refund is made', async () => {
    const order = anOrder();
    await service.leaveOpen(order, { status: 'SUCCEEDED', cancelled: true, charged: true });
    await eventually(() => expect(service.announced(order)).toEqual(['payment.refunded']), patient);
    expect(await service.ledger(order)).toEqual([charge, refund]);
  });

  it('several processes share what is left open: each payment is asked for by one of them', async () => {
    const others = [await service.addProcess({}, provider.wrap), await service.addProcess({}, provider.wrap)];
    const orders = Array.from({ length: 30 }, () => anOrder());
    await Promise.all(orders.map((order) => service.leaveOpen(order)));
    for (const order of orders) {
      await eventually(() => expect(service.announced(order)).toEqual(['order.paid']), patient);
    }
    expect(provider.calls.toSorted()).toEqual(orders.map((order) => `charge ${order.order_uuid}`).toSorted());
    await Promise.all(others.map((system) => system.stop()));
  });
});

it('a provider that hangs, asked again and for the first time, does not keep the service from stopping', async () => {
  const hanging = new TroubledProvider();
  const answers: (() => void)[] = [];
  hanging.beforeCharge = () => new Promise<void>((resolve) => void answers.push(resolve));
  const stuck = await PaymentsService.start({ PAYMENT_TIMEOUT_MS: '15000' }, hanging.wrap);
  const [known, fresh] = [anOrder(), anOrder()];
  await stuck.leaveOpen(known);
  await stuck.request(fresh);
  await eventually(() => expect(hanging.calls).toHaveLength(2));
  const since = performance.now();
  await stuck.stop();
  expect(performance.now() - since).toBeLessThan(10_000);
  for (const answer of answers) answer();
});
