import { randomUUID } from 'node:crypto';
import { anOrder, cancellationOf, refundOf } from './an-order.js';
import { MailerService } from './mailer-service.js';
import { parsed, SmtpStub } from './smtp-stub.js';
import { eventually } from '../../../tests/support/eventually.js';

let smtp: SmtpStub;
let service: MailerService;
beforeAll(async () => {
  smtp = await SmtpStub.start({ login: { user: 'shop', password: 'p@ss/word' } });
  service = await MailerService.start({ SMTP_URL: smtp.url, MAIL_FROM: 'The shop <orders@shop.example>' });
  await service.addSystem({ PORT: '0' });
});
afterAll(async () => {
  await service.stop();
  await smtp.stop();
});

const sent = (order: { email: string }, count = 1) =>
  eventually(() => expect(smtp.to(order.email)).toHaveLength(count), { timeoutMs: 15_000 }).then(() =>
    smtp.to(order.email),
  );
const isSent = (kind: string) => expect.objectContaining({ kind, status: 'SENT' });
const settled = (order: Parameters<MailerService['rows']>[0], kinds: readonly string[]) =>
  eventually(async () => expect(await service.rows(order)).toEqual(kinds.map(isSent)), { timeoutMs: 15_000 });
/** Resolves once everything that was published before has been handled. */
const caughtUp = async (key: string) => {
  const last = anOrder();
  const bodies: Record<string, object> = {
    'order.cancelled': cancellationOf(last),
    'payment.refunded': refundOf(last),
  };
  await service.probe.publish('order_exchange', key, bodies[key] ?? last);
  await sent(last);
};

describe('each event is one mail', () => {
  it('a confirmation, with what was bought and what it cost', async () => {
    const order = anOrder();
    await service.confirm(order);
    const mail = await parsed((await sent(order))[0]);
    const name = order.order_uuid.slice(0, 8).toUpperCase();
    expect(mail).toMatchObject({
      subject: `Order ${name} is confirmed`,
      from: { value: [{ name: 'The shop', address: 'orders@shop.example' }] },
      to: { value: [{ name: '', address: order.email }] },
      messageId: `<confirmation.${order.order_uuid}@shop.example>`,
    });
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    for (const part of [mail.text, mail.html || ''])
      for (const words of ['2 × Trà sen', '₫120,000', '1 × Tea cup', '₫25,000', '₫145,000', order.order_uuid])
        expect(part).toContain(words);
    await settled(order, ['confirmation']);
  });

  it.each([
    ['OUT_OF_STOCK', ': out of stock', 'sold out'],
    ['PAYMENT_DECLINED', ': payment declined', 'declined'],
    ['CANCELLED_BY_CUSTOMER', ' as you asked', 'You cancelled it'],
    ['TIMED_OUT', ': it took too long', 'in time'],
  ])('a cancellation, with its reason: %s', async (reason, subject, words) => {
    const order = anOrder();
    await service.probe.publish('order_exchange', 'order.cancelled', cancellationOf(order, reason));
    const mail = await parsed((await sent(order))[0]);
    expect(mail.subject).toBe(`Order ${order.order_uuid.slice(0, 8).toUpperCase()} was cancelled${subject}`);
    for (const part of [mail.text, mail.html || '']) {
      expect(part).toContain(words);
      expect(part).toContain('2 × Trà sen');
      expect(part).not.toContain('₫');
    }
    await settled(order, ['cancellation']);
  });

  it('a refund, with its amount in its currency', async () => {
    const order = anOrder({ total: 1_999, currency: 'EUR' });
    await service.refund(order);
    const mail = await parsed((await sent(order))[0]);
    expect(mail.subject).toBe(`€19.99 was refunded for order ${order.order_uuid.slice(0, 8).toUpperCase()}`);
    for (const part of [mail.text, mail.html || '']) expect(part).toContain('€19.99');
    await settled(order, ['refund']);
  });

  it('in whatever order they come', async () => {
    const order = anOrder();
    await service.refund(order);
    await service.cancel(order);
    await service.confirm(order);
    await sent(order, 3);
    await eventually(async () =>
      expect(new Set((await service.rows(order)).map(({ kind, status }) => `${kind} ${status}`))).toEqual(
        new Set(['refund SENT', 'cancellation SENT', 'confirmation SENT']),
      ),
    );
  });
});

describe('an event that comes again sends nothing', () => {
  it.each([
    ['the same message', 'order.confirmed', true],
    ['a replay under another id', 'order.confirmed', false],
    ['the same cancellation', 'order.cancelled', true],
    ['a cancellation’s replay', 'order.cancelled', false],
    ['a refund’s replay', 'payment.refunded', false],
  ])(
    '%s',
    async (_what, key, same) => {
      const order = anOrder();
      const bodies: Record<string, object> = {
        'order.cancelled': cancellationOf(order),
        'payment.refunded': refundOf(order),
      };
      const body = bodies[key] ?? order;
      const messageIds = Array.from({ length: same ? 1 : 9 }, () => randomUUID());
      const publish = (_: unknown, index: number) =>
        service.probe.publish('order_exchange', key, body, { messageId: messageIds[same ? 0 : index] ?? '' });
      // At once, so that both processes have some, and once more when all is done.
      await Promise.all(Array.from({ length: 8 }, publish));
      await sent(order);
      await publish(null, 8);
      await caughtUp(key);
      // Those that found it being sent come back until they see that it was.
      await eventually(async () => expect(await service.handled(messageIds)).toBe(messageIds.length), {
        timeoutMs: 20_000,
      });
      expect(smtp.to(order.email)).toHaveLength(1);
      expect(await service.rows(order)).toMatchObject([{ status: 'SENT' }]);
    },
    40_000,
  );

  it('also when an order’s uuid is written in capitals', async () => {
    const order = anOrder();
    await service.confirm(order);
    await sent(order);
    await service.confirm({ ...order, order_uuid: order.order_uuid.toUpperCase() });
    await caughtUp('order.confirmed');
    expect(smtp.to(order.email)).toHaveLength(1);
  });
});

describe('hostile words stay words', () => {
  const evil = '<img src=x onerror=alert(1)> "\'& {{constructor}} ${1}';

  it('in names of products: neither HTML, nor lines, nor marks that turn the text around', async () => {
    const forged = 'Tea\r\n\r\nTotal: ₫1\u2028Bcc: a@evil.example\u202eesrever\0'.replace('\0', '');
    const items = [evil, forged, 'x'.repeat(100_000), '👩‍👩‍👧'.repeat(500)].map((name, index) => ({
      product_id: index + 1,
      name,
      quantity: 1,
      price: 1,
    }));
    const order = anOrder({ items });
    await service.confirm(order);
    const mail = await parsed((await sent(order))[0]);
    const html = mail.html || '';
    expect(html).not.toMatch(/<img|<script|onerror=alert\(1\)>/);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(mail.text).toContain(`1 × ${evil}: ₫1\n`);
    expect(mail.text).toContain('1 × Tea Total: ₫1 Bcc: a@evil.example esrever: ₫1\n');
    expect(mail.text).toContain(`1 × ${'x'.repeat(119)}…: ₫1\n`);
    expect(mail.text?.length).toBeLessThan(2_000);
    expect([...mail.headers.keys()]).not.toContain('bcc');
  });

  it.each([
    'victim@example.com\r\nBcc: other@example.com',
    'victim@example.com, other@example.com',
    '<victim@example.com>',
    'Name <victim@example.com>',
    'victim@example.com> SIZE=1',
    'nobody',
    'a@b@c',
    '"a b"@example.com',
  ])('in the address: %j is none, and nothing is sent', async (email) => {
    const before = smtp.taken.length;
    const order = anOrder({ email });
    await service.confirm(order);
    const [letter] = await eventually(async () => {
      const letters = await service.deadLetters('order.confirmed');
      expect(letters).toHaveLength(1);
      return letters;
    });
    expect(letter).toMatchObject({ headers: { reason: 'the recipient is no email address' } });
    expect(await service.rows(order)).toMatchObject([
      { status: 'FAILED', failure_reason: 'the recipient is no email address' },
    ]);
    expect(smtp.taken).toHaveLength(before);
  });

  it('keeps an order of very many products to a mail that a server takes', async () => {
    const items = Array.from({ length: 3_000 }, (_, index) => ({
      product_id: index + 1,
      name: `Product ${index}`,
      quantity: 1,
      price: 1,
    }));
    const order = anOrder({ items });
    await service.confirm(order);
    const mail = await parsed((await sent(order))[0]);
    expect(mail.text).toContain('2900 × further products');
    expect(mail.text).not.toContain('Product 100');
  });
});

it('a message that is none becomes a dead letter with its reason', async () => {
  await service.probe.publish('order_exchange', 'order.cancelled', { order_uuid: 'x' });
  await eventually(async () =>
    expect(await service.deadLetters('order.cancelled')).toMatchObject([
      { headers: { reason: expect.stringContaining('order_uuid') } },
    ]),
  );
});
