import type { Dispatcher, Pool } from 'undici';

/** What is posted, and for how long its answer is waited for. */
export interface Posted {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly timeoutMs: number;
}

/** No part of a text, though some write it before theirs (RFC 3629, section 6). */
const BYTE_ORDER_MARK = '\uFEFF';

/** An answer, read to its end. */
export interface Answered {
  readonly statusCode: number;
  /** As it was sent. */
  readonly contentType: string | string[] | undefined;
  readonly text: string;
}

/**
 * One POST, and all of its answer. Rejects when that takes too long, from the first moment to the last byte, and with what
 * undici reports. By undici's `dispatch`: its `request` makes a stream of each answer, only for it to be read at once, and takes
 * a signal of its own for each.
 */
export function exchange(pool: Pool, { path, headers, body, timeoutMs }: Posted): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const answer = new WholeAnswer(resolve, reject, timeoutMs);
    pool.dispatch({ method: 'POST', path, headers, body }, answer);
  });
}

class WholeAnswer implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  private late: Error | undefined;
  private statusCode = 0;
  private contentType: Answered['contentType'];
  private readonly chunks: Buffer[] = [];

  constructor(
    private readonly resolve: (answer: Answered) => void,
    private readonly reject: (error: Error) => void,
    timeoutMs: number,
  ) {
    this.timer = setTimeout(() => this.end(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  }

  /** It may have waited for a connection until nobody wants it any more. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.late) controller.abort(this.late);
  }

  /** The last is the answer: there may be interim ones before it (RFC 9110, section 15.2). */
  onResponseStart(
    _controller: unknown,
    statusCode: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.statusCode = statusCode;
    this.contentType = headers['content-type'];
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.timer);
    const { statusCode, contentType, chunks } = this;
    const [first] = chunks;
    const text = (chunks.length === 1 && first ? first : Buffer.concat(chunks)).toString();
    this.resolve({ statusCode, contentType, text: text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text });
  }

  onResponseError(_controller: unknown, error: Error): void {
    clearTimeout(this.timer);
    this.reject(error);
  }

  private end(late: Error): void {
    this.late = late;
    this.controller?.abort(late);
    this.reject(late);
  }
}
