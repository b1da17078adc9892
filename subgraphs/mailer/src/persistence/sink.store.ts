import type { Database } from '@shop/shared/persistence/database';
import { rowsOf, writtenBy } from '@shop/shared/persistence/statements';

/** A mail as it came to the sink. */
export interface SinkMail {
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** All of it, as it would have travelled. */
  readonly source: string;
}

export interface SinkMailHead {
  readonly id: number;
  readonly to: string;
  readonly subject: string;
  readonly receivedAt: Date;
}

export type KeptSinkMail = SinkMail & SinkMailHead;

/** The oldest mails make room for new ones. */
const CAPACITY = 500;

interface HeadRow {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly received_at: string;
}

interface Row extends HeadRow {
  readonly message_id: string;
  readonly text: string;
  readonly html: string;
  readonly source: string;
}

/**
 * What the sink was sent. Each write is committed at once, whatever becomes of the caller's transaction: as it would be
 * with a server elsewhere. A mail that comes again under the same Message-ID is kept once.
 */
export class SinkStore {
  constructor(private readonly database: Database) {}

  async keep({ messageId, to, subject, text, html, source }: SinkMail): Promise<void> {
    await writtenBy(
      this.database,
      `with kept as (
         insert into sink_mails (message_id, recipient, subject, text, html, source) values (?, ?, ?, ?, ?, ?)
         on conflict (message_id) do nothing returning id)
       delete from sink_mails where id in (
         select id from sink_mails order by id desc offset ${CAPACITY} - (select count(*) from kept))`,
      [messageId, to, subject, text, html, source],
    );
  }

  /** Newest first. */
  async newest(limit: number): Promise<SinkMailHead[]> {
    const rows = await rowsOf<HeadRow>(
      this.database,
      'select id, recipient, subject, received_at from sink_mails order by id desc limit ?',
      [limit],
    );
    return rows.map(toHead);
  }

  async find(id: number): Promise<KeptSinkMail | null> {
    const [row] = await rowsOf<Row>(this.database, 'select * from sink_mails where id = ?', [id]);
    if (!row) return null;
    const { message_id: messageId, text, html, source } = row;
    return { ...toHead(row), messageId, text, html, source };
  }
}

function toHead({ id, recipient, subject, received_at }: HeadRow): SinkMailHead {
  return { id: Number(id), to: recipient, subject, receivedAt: new Date(received_at) };
}
