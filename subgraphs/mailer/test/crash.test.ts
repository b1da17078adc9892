import type { ChildProcess } from 'node:child_process';
import { type AnOrder, anOrder } from './an-order.js';
import { killed, MailerService } from './mailer-service.js';
import { parsed, type Step, SmtpStub } from './smtp-stub.js';
import { eventually } from '../../../tests/support/eventually.js';

/** What stops a mailer that is at one place of its work, for good. */
interface Crash {
  readonly service: MailerService;
  readonly smtp: SmtpStub;
  readonly order: AnOrder;
  readonly process: ChildProcess;
}

/** When the mailer dies, how it is brought there, and how many mails may go out on the whole. */
type Case = readonly [when: string, crash: (crash: Crash) => Promise<void>, mails: readonly number[]];

const atStep =
  (wanted: Step) =>
  async ({ service, smtp, order, process }: Crash): Promise<void> => {
    const there = new Promise<void>((resolve) => {
      smtp.script = async (step) => {
        if (step !== wanted) return;
        resolve();
        // Whatever this connection still has to say, it says to nobody.
        await killed(process);
      };
    });
    await service.confirm(order);
    await there;
    await killed(process);
  };

/** The mailer waits for a lock of ours at what it does next in its database, and is killed there. */
const atLock =
  (lock: string, taken: 'before' | Step) =>
  async ({ service, smtp, order, process }: Crash): Promise<void> => {
    const client = await service.sql.connect();
    const hold = async () => void (await client.query(`begin; ${lock}`));
    if (taken === 'before') await hold();
    else smtp.script = async (step) => void (step === taken && (await hold()));
    await service.confirm(order);
    const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    await eventually(async () => expect((await service.sql.query(waiting)).rowCount).toBe(1), { timeoutMs: 10_000 });
    await killed(process);
    await client.query('rollback');
    client.release();
  };

/** The server's answer lies in the mailer's socket when it dies: it stands still from before the answer is written. */
const beforeReading = async ({ service, smtp, order, process }: Crash): Promise<void> => {
  const answered = new Promise<void>((resolve) => {
    smtp.script = (step) => {
      if (step === 'content is here') process.kill('SIGSTOP');
      if (step === 'answered') resolve();
    };
  });
  await service.confirm(order);
  await answered;
  await killed(process);
};

/** Where a mail may be lost, or sent twice. */
const decisive: readonly Case[] = [
  ['before it has claimed it', atLock('lock table emails in exclusive mode', 'before'), [1]],
  ['in the middle of the content', atStep('content begins'), [1]],
  ['when the server has answered, and it has not read that', beforeReading, [2]],
  ['when it knows that the mail is sent, and has not noted it', atLock('lock table emails', 'content is here'), [2]],
];
const others: readonly Case[] = [
  ['when it has claimed it and is about to connect', atStep('connected'), [1]],
  ['when it has named the sender', atStep('sender'), [1]],
  ['when it has named the recipient', atStep('recipient'), [1]],
  ['when the server has the content, and has not answered', atStep('content is here'), [2]],
  ['when it has noted it', atNoted, [1]],
];
/** `npm run resilience` goes through every step, the whole test run through the decisive ones. */
const cases = process.env['TEST_SET'] === 'full' ? [...decisive, ...others] : decisive;

/** Its note is written, and the broker does not know yet, or just does. */
async function atNoted({ service, order, process }: Crash): Promise<void> {
  await service.confirm(order);
  await eventually(async () => expect(await service.rows(order)).toMatchObject([{ status: 'SENT' }]), { everyMs: 1 });
  await killed(process);
}

const figures: string[] = [];
let smtp: SmtpStub;
let service: MailerService;
let mailer: ChildProcess;
beforeAll(async () => {
  smtp = await SmtpStub.start();
  service = await MailerService.prepare({ SMTP_URL: smtp.url, MAIL_TIMEOUT_MS: '1000' });
  mailer = await service.addProcess();
});
afterAll(async () => {
  process.stdout.write(`mails sent, the mailer killed\n${figures.join('\n')}\n`);
  await service?.stop();
  await smtp?.stop();
});

it.each(cases)(
  'a mailer that is killed %s sends one mail too many at most, and never one too few',
  async (when, crash, mails) => {
    const order = anOrder();
    await crash({ service, smtp, order, process: mailer });
    smtp.script = () => undefined;
    mailer = await service.addProcess();
    await isSent(order);
    // Whatever else waited for the mailer has been handled once this one is.
    const last = anOrder();
    await service.confirm(last);
    await isSent(last);

    const sent = smtp.to(order.email);
    figures.push(`  ${sent.length}  ${when}`);
    expect(mails).toContain(sent.length);
    const ids = await Promise.all(sent.map(async (mail) => (await parsed(mail)).messageId));
    expect(new Set(ids).size).toBe(1);
    expect(await service.deadLetters('order.confirmed')).toEqual([]);
  },
  90_000,
);

const isSent = (order: AnOrder) =>
  eventually(async () => expect(await service.rows(order)).toMatchObject([{ status: 'SENT' }]), { timeoutMs: 60_000 });
