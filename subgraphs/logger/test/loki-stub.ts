import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface Push {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly streams: readonly {
    readonly stream: Readonly<Record<string, string>>;
    readonly values: readonly (readonly [string, string])[];
  }[];
}

/** What the stub answers a push with. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A stand-in for Loki, as its documentation describes `POST /loki/api/v1/push`: it is not Loki. */
export class LokiStub {
  readonly pushes: Push[] = [];
  /** The answers to come; 204 when there are none left. */
  answers: Answer[] = [];
  /** The answer when there are none left to come. */
  judge: (bytes: number, streams: Push['streams']) => Answer = () => ({ status: 204 });
  private server: Server | undefined;
  private port = 0;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const zipped = request.headers['content-encoding'] === 'gzip';
        const body = Buffer.concat(chunks);
        const { streams } = JSON.parse((zipped ? gunzipSync(body) : body).toString()) as Pick<Push, 'streams'>;
        this.pushes.push({ path: request.url ?? '', headers: request.headers, streams });
        const { status, headers = {}, body: answer = '' } = this.answers.shift() ?? this.judge(body.length, streams);
        response.writeHead(status, headers).end(answer);
      });
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Is away, until it is started again at the same port. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The messages of all pushes that were answered with 204, or of all. */
  messages(pushes: readonly Push[] = this.pushes): string[] {
    const lines = pushes.flatMap(({ streams }) => streams.flatMap(({ values }) => values.map(([, line]) => line)));
    return lines.map((line) => (JSON.parse(line) as { message: string }).message);
  }
}
