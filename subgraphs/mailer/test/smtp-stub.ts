import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** Where a mail's transaction is: the next thing is the server's answer to it, or, at `answered`, behind it. */
export type Step = 'connected' | 'sender' | 'recipient' | 'content begins' | 'content is here' | 'answered';

/** What a test does at a step: nothing, wait as long as it likes, or throw an `Answer` of its own. */
export type Script = (step: Step, transaction: { readonly to: string; cut(): void }) => Promise<void> | void;

/** An answer in place of the usual one: `new Answer(451, 'come back later')`. */
export class Answer extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message);
  }
}

export interface TakenMail {
  readonly to: string;
  readonly source: string;
}

interface StubOptions {
  readonly login?: { readonly user: string; readonly password: string };
  /** One that was in use before, for a server that comes back. */
  readonly port?: number;
}

/** A mail server written for tests: takes mail by SMTP, remembers all of it, and does at each step what it is told. */
export class SmtpStub {
  /** Every mail whose content has come whole and was not refused, as often as it has. */
  readonly taken: TakenMail[] = [];
  script: Script = () => undefined;
  /** Connections at once, at most. */
  mostConnections = 0;
  private readonly sockets = new Map<number, Socket>();
  private readonly server: SMTPServer;

  private constructor(private readonly login: StubOptions['login']) {
    this.server = new SMTPServer({
      logger: false,
      disabledCommands: ['STARTTLS'],
      authOptional: !login,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        username === login?.user && password === login?.password
          ? done(null, { user: username })
          : done(new Answer(535, 'authentication failed')),
      onConnect: (session, done) => this.play('connected', session, done),
      onMailFrom: (_address, session, done) => this.play('sender', session, done),
      onRcptTo: ({ address }, session, done) => this.play('recipient', session, done, address),
      onData: (stream, session, done) => void this.take(stream, session, done),
    });
    this.server.on('error', () => undefined);
    this.server.server.on('connection', (socket) => this.keep(socket));
  }

  static async start({ login, port = 0 }: StubOptions = {}): Promise<SmtpStub> {
    const stub = new SmtpStub(login);
    await new Promise<void>((resolve) => stub.server.listen(port, '127.0.0.1', resolve));
    return stub;
  }

  get port(): number {
    const address = this.server.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get url(): string {
    const credentials = this.login ? `${this.login.user}:${encodeURIComponent(this.login.password)}@` : '';
    return `smtp://${credentials}127.0.0.1:${this.port}`;
  }

  /** What came for one address. */
  to(address: string): readonly TakenMail[] {
    return this.taken.filter(({ to }) => to === address);
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets.values()) socket.destroy();
    await closed;
  }

  private keep(socket: Socket): void {
    const port = socket.remotePort ?? 0;
    this.sockets.set(port, socket);
    this.mostConnections = Math.max(this.mostConnections, this.sockets.size);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(port));
  }

  private play(step: Step, session: SMTPServerSession, done: (error?: Error) => void, to = recipientIn(session)): void {
    this.at(step, session, to).then(
      () => done(),
      (error: Error) => done(error),
    );
  }

  private async at(step: Step, session: SMTPServerSession, to = recipientIn(session)): Promise<void> {
    await this.script(step, { to, cut: () => this.sockets.get(session.remotePort)?.destroy() });
  }

  private async take(
    stream: NodeJS.ReadableStream,
    session: SMTPServerSession,
    done: (error?: Error) => void,
  ): Promise<void> {
    const to = recipientIn(session);
    try {
      await this.at('content begins', session);
      const source = (await buffer(stream)).toString('latin1');
      await this.at('content is here', session);
      this.taken.push({ to, source });
      done();
      setImmediate(() => void this.at('answered', session));
    } catch (error) {
      stream.resume();
      done(error as Error);
    }
  }
}

/** A mail as a reader understands it. */
export const parsed = (mail: TakenMail | undefined): Promise<ParsedMail> =>
  simpleParser(Buffer.from(mail?.source ?? '', 'latin1'));

function recipientIn({ envelope }: SMTPServerSession): string {
  return envelope.rcptTo[0]?.address ?? '';
}
