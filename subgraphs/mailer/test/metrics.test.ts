import { anOrder } from './an-order.js';
import { MailerService } from './mailer-service.js';
import { Answer, SmtpStub } from './smtp-stub.js';
import { eventually } from '../../../tests/support/eventually.js';
import { Scrape } from '../../../tests/support/scrape.js';

it('the metrics of mailer count attempts by how they ended, and what waits', async () => {
  const smtp = await SmtpStub.start();
  const service = await MailerService.start({ SMTP_URL: smtp.url });
  const [late, refused] = [anOrder(), anOrder()];
  const shown = (assertion: (seen: Scrape) => void) =>
    eventually(async () => assertion(await Scrape.of(service.url)), { timeoutMs: 20_000, everyMs: 50 });
  let busy = true;
  smtp.script = (step, { to }) => {
    if (step !== 'recipient') return;
    if (to === refused.email) throw new Answer(550, 'nobody of that name');
    if (busy) throw new Answer(451, 'try again later');
  };
  try {
    await Promise.all([service.confirm(late), service.confirm(refused)]);
    await shown((seen) => {
      expect(seen.value('mail_attempts_total', { kind: 'confirmation', outcome: 'failed' })).toBeGreaterThan(0);
      expect(seen.value('mail_attempts_total', { kind: 'confirmation', outcome: 'refused' })).toBe(1);
      expect(['QUEUED', 'FAILED'].map((status) => seen.value('mails_not_sent', { status }))).toEqual([1, 1]);
      expect(seen.value('dead_letters', { queue: 'mailer:order.confirmed' })).toBe(1);
    });
    busy = false;
    await shown((seen) => {
      expect(seen.value('mail_attempts_total', { kind: 'confirmation', outcome: 'sent' })).toBe(1);
      expect(seen.value('mails_not_sent', { status: 'QUEUED' })).toBe(0);
    });
  } finally {
    await service.stop();
    await smtp.stop();
  }
});
