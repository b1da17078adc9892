import { createTransport } from 'nodemailer';
import { cameIn, Mailbox } from './mailbox.js';

describe('the mail server of a run', () => {
  it('counts what came by Message-ID and recipient, however often and in however many pieces', async () => {
    const mailbox = await Mailbox.open();
    try {
      const transport = createTransport(mailbox.url);
      const long = `<confirmation.${'a'.repeat(90)}@shop.example>`;
      const send = (messageId: string, to: string) =>
        transport.sendMail({ from: 'shop@shop.example', messageId, to, subject: 'Hello', text: 'Message-ID: <no@x>' });
      for (const to of ['a@example.com', 'a@example.com', 'b@example.com']) await send(long, to);
      await send('<other@shop.example>', 'a@example.com');
      expect(mailbox.mails).toEqual([
        { message_id: long, recipient: 'a@example.com', copies: 2 },
        { message_id: long, recipient: 'b@example.com', copies: 1 },
        { message_id: '<other@shop.example>', recipient: 'a@example.com', copies: 1 },
      ]);
    } finally {
      await mailbox.stop();
    }
  });

  it('keeps a mail without a Message-ID, which is then one that nobody wrote', () => {
    expect(cameIn([{ to: 'a@example.com', source: 'Subject: x\r\n\r\nx' }])).toEqual([
      { message_id: '', recipient: 'a@example.com', copies: 1 },
    ]);
  });
});
