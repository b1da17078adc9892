import { setTimeout } from 'node:timers/promises';
import amqp from 'amqplib';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { type OwnServers, ownServers } from './own-servers.js';

/** A quorum queue that was declared only just before may lack a leader after the crash; those of the shop are older. */
const QUEUE = { durable: true, arguments: { 'x-queue-type': 'classic' } };

describe('the servers of a run', () => {
  let servers: OwnServers;
  beforeAll(async () => {
    servers = await ownServers('.cache', () => undefined);
  });
  afterAll(async () => {
    await servers?.stop();
  });

  it('keep what they have confirmed when they are killed, and where they are', async () => {
    const { postgresql, rabbitmq } = servers;
    const urls = [postgresql.url, rabbitmq.url];
    await query('create table kept (n int)');
    await query('insert into kept values (7)');
    await onChannel(async (channel) => {
      await channel.assertQueue('kept', QUEUE);
      channel.sendToQueue('kept', Buffer.from('seven'), { persistent: true });
      await channel.waitForConfirms();
    });
    for (const server of [postgresql, rabbitmq]) server.kill();
    await Promise.all([postgresql.start(), rabbitmq.start()]);
    expect([postgresql.url, rabbitmq.url]).toEqual(urls);
    expect((await query('select n from kept')).rows).toEqual([{ n: 7 }]);
    const text = await eventually(() => onChannel((channel) => channel.get('kept', { noAck: true })), {
      timeoutMs: 30_000,
      everyMs: 200,
    });
    expect(text && text.content.toString()).toBe('seven');
  });

  it('hang while they are frozen', async () => {
    servers.postgresql.freeze();
    const asked = query('select 1 as n').then(({ rows }) => rows.length);
    expect(await Promise.race([asked, setTimeout(300, 'nothing')])).toBe('nothing');
    servers.postgresql.thaw();
    expect(await asked).toBe(1);
  });

  const query = async (text: string) => {
    const client = new pg.Client({ connectionString: servers.postgresql.url });
    await client.connect();
    return client.query(text).finally(() => client.end());
  };
  const onChannel = async <Result>(work: (channel: amqp.ConfirmChannel) => Promise<Result>) => {
    const connection = await amqp.connect(servers.rabbitmq.url);
    const broken = new Promise<never>((_, reject) => connection.on('error', reject));
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => undefined);
    // amqplib never answers a close that the other side's close has overtaken.
    const late = setTimeout(3_000, undefined, { ref: false }).then(() => Promise.reject(new Error('no answer')));
    return Promise.race([work(channel), broken, late]).finally(() => void connection.close().catch(() => undefined));
  };
});
