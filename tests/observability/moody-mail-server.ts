import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail server that has no time for its first mail, and refuses those to `refused`, whatever their domain, for good. */
export class MoodyMailServer {
  private busy = true;
  private readonly server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: ({ address }, _session, done) => {
      if (address.startsWith('refused')) return done(answer(550, 'nobody of that name'));
      if (!this.busy) return done();
      this.busy = false;
      done(answer(451, 'try again later'));
    },
    onData: (stream, _session, done) => {
      stream.resume();
      stream.once('end', () => done());
    },
  });

  /** Resolves to its URL. */
  async start(): Promise<string> {
    this.server.on('error', () => undefined);
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', () => resolve()));
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

function answer(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
