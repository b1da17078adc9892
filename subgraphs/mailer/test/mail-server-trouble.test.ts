import { anOrder, type AnOrder } from './an-order.js';
import { MailerService } from './mailer-service.js';
import { Answer, parsed, type Script, SmtpStub } from './smtp-stub.js';
import { eventually } from '../../../tests/support/eventually.js';
import { tcpProxy } from '../../../tests/support/tcp-proxy.js';

const TIMEOUT_MS = 1_000;

let smtp: SmtpStub;
let service: MailerService;
beforeAll(async () => {
  smtp = await SmtpStub.start();
  service = await MailerService.start({ SMTP_URL: smtp.url, MAIL_TIMEOUT_MS: String(TIMEOUT_MS) });
});
afterAll(async () => {
  await service.stop();
  await smtp.stop();
});
beforeEach(() => {
  smtp.script = () => undefined;
});

/** Plays one step of one person's mail so many times, and then no more. */
function troubleFor({ email }: AnOrder, at: Parameters<Script>[0], times: number, trouble: Script): void {
  let left = times;
  smtp.script = (step, transaction) => {
    if (step !== at || (step !== 'connected' && step !== 'sender' && transaction.to !== email) || left === 0) return;
    left -= 1;
    return trouble(step, transaction);
  };
}
const sent = (order: AnOrder, timeoutMs = 25_000) =>
  eventually(
    async () => {
      expect(await service.rows(order)).toMatchObject([{ status: 'SENT' }]);
      return smtp.to(order.email);
    },
    { timeoutMs },
  );
const noDeadLetter = async () => expect(await service.deadLetters('order.confirmed')).toEqual([]);

describe('trouble that passes is waited for', () => {
  it.each([
    ['421 for the sender', 'sender', new Answer(421, 'too busy')],
    ['450 for the recipient', 'recipient', new Answer(450, 'greylisted, come back')],
    ['452 for the content', 'content is here', new Answer(452, 'disk full')],
    ['554 for the connection, which says nothing of the mail', 'connected', new Answer(554, 'no service here')],
    ['530, a login that is not set up yet', 'sender', new Answer(530, 'authentication required')],
  ] as const)(
    '%s, and then it goes out once',
    async (_what, at, answer) => {
      const order = anOrder();
      troubleFor(order, at, 2, () => {
        throw answer;
      });
      await service.confirm(order);
      expect(await sent(order)).toHaveLength(1);
      expect(await service.rows(order)).toMatchObject([{ attempt: 3 }]);
      await noDeadLetter();
    },
    40_000,
  );

  it.each(['connected', 'sender', 'recipient', 'content begins'] as const)(
    'a connection that breaks (%s), and then it goes out once',
    async (at) => {
      const order = anOrder();
      troubleFor(order, at, 1, (_step, { cut }) => cut());
      await service.confirm(order);
      expect(await sent(order)).toHaveLength(1);
      await noDeadLetter();
    },
    40_000,
  );

  it('a connection that breaks between the content and the answer: one mail too many, under the same Message-ID', async () => {
    const order = anOrder();
    troubleFor(order, 'content is here', 1, (_step, { cut }) => cut());
    await service.confirm(order);
    const mails = await sent(order);
    expect(mails).toHaveLength(2);
    const ids = await Promise.all(mails.map(async (mail) => (await parsed(mail)).messageId));
    expect(new Set(ids)).toEqual(new Set([`<confirmation.${order.order_uuid}@shop.example>`]));
    expect(mails[0]?.source.match(/^Date: .*$/m)?.[0]).toBe(mails[1]?.source.match(/^Date: .*$/m)?.[0]);
  });

  it('a server that is not there, and comes back', async () => {
    const order = anOrder();
    const { port } = smtp;
    await smtp.stop();
    await service.confirm(order);
    await eventually(async () => expect(await service.rows(order)).toMatchObject([{ status: 'QUEUED', attempt: 2 }]));
    smtp = await SmtpStub.start({ port });
    expect(await sent(order)).toHaveLength(1);
    await noDeadLetter();
  });

  it.each(['connected', 'recipient', 'content begins', 'content is here'] as const)(
    'a server that says no more (%s) is left after its time',
    async (at) => {
      const order = anOrder();
      troubleFor(order, at, 1, () => new Promise(() => undefined));
      await service.confirm(order);
      // What its content was whole for, the server may have taken; this one never did.
      expect(await sent(order)).toHaveLength(1);
      await noDeadLetter();
    },
    40_000,
  );
});

it('a server that hangs has but its share of connections, and no other event waits for it', async () => {
  const hanging = Array.from({ length: 30 }, () => anOrder());
  const stuck = new Set(hanging.map(({ email }) => email));
  smtp.script = (step, { to }) => (step === 'recipient' && stuck.has(to) ? new Promise(() => undefined) : undefined);
  smtp.mostConnections = 0;
  await Promise.all(hanging.map((order) => service.confirm(order)));
  const other = anOrder();
  await service.refund(other);
  await sent(other, 10_000);
  // Those behind the ones that hang have their turn as soon as these are given up for now.
  const behind = anOrder();
  await service.confirm(behind);
  await sent(behind);
  expect(smtp.mostConnections).toBeLessThanOrEqual(30);
  smtp.script = () => undefined;
  await Promise.all(hanging.map((order) => sent(order)));
  await noDeadLetter();
});

describe('a mail that the server refuses for good', () => {
  it.each([
    ['the sender', 'sender', new Answer(550, 'not from you')],
    ['the recipient', 'recipient', new Answer(550, '5.1.1 no such user')],
    ['the content', 'content is here', new Answer(554, 'looks like spam')],
  ] as const)('(%s) becomes a dead letter with the reason, and the next one goes out', async (_what, at, answer) => {
    const [refused, next] = [anOrder(), anOrder()];
    troubleFor(refused, at, 1, () => {
      throw answer;
    });
    await service.confirm(refused);
    const [letter] = await eventually(async () => {
      const letters = await service.deadLetters('order.confirmed');
      expect(letters).toHaveLength(1);
      return letters;
    });
    const reason = expect.stringContaining(`${answer.responseCode} ${answer.message}`);
    expect(letter).toMatchObject({ headers: { reason }, text: expect.stringContaining(refused.order_uuid) });
    expect(await service.rows(refused)).toMatchObject([{ status: 'FAILED', attempt: 1, failure_reason: reason }]);
    await service.confirm(next);
    expect(await sent(next)).toHaveLength(1);
    expect(smtp.to(refused.email)).toEqual([]);

    // Months later, when the server has changed its mind, somebody puts the dead letter back.
    await service.confirm(refused);
    expect(await sent(refused)).toHaveLength(1);
    await service.confirm(refused);
    await service.confirm(next);
    await noDeadLetter();
    expect(smtp.to(refused.email)).toHaveLength(1);
  });

  it('does not hold up those behind it, however many are refused', async () => {
    const refused = Array.from({ length: 40 }, () => anOrder());
    const unknown = new Set(refused.map(({ email }) => email));
    smtp.script = (step, { to }) => {
      if (step === 'recipient' && unknown.has(to)) throw new Answer(550, 'no such user');
    };
    await Promise.all(refused.map((order) => service.confirm(order)));
    const good = anOrder();
    await service.confirm(good);
    expect(await sent(good)).toHaveLength(1);
    const letters: unknown[] = [];
    await eventually(
      async () => {
        letters.push(...(await service.deadLetters('order.confirmed')));
        expect(letters).toHaveLength(40);
      },
      { timeoutMs: 15_000 },
    );
  });
});

it('a database that is away for a moment, just when the mail is sent, costs no second mail', async () => {
  const own = await SmtpStub.start();
  const prepared = await MailerService.prepare({ SMTP_URL: own.url });
  const proxy = await tcpProxy(prepared.databaseUrl);
  const behindProxy = new URL(prepared.databaseUrl);
  behindProxy.host = proxy.host;
  await prepared.addSystem({ DATABASE_URL: behindProxy.href });
  const order = anOrder();
  try {
    own.script = async (step) => {
      if (step === 'content is here') await proxy.close();
      if (step === 'answered') setTimeout(() => void proxy.open(), 1_000);
    };
    await prepared.confirm(order);
    await eventually(async () => expect(await prepared.rows(order)).toMatchObject([{ status: 'SENT', attempt: 1 }]), {
      timeoutMs: 20_000,
    });
    expect(own.to(order.email)).toHaveLength(1);
  } finally {
    await prepared.stop();
    await proxy.close();
    await own.stop();
  }
});
