import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

interface Payload<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { message: string }[];
}

/** Reads a subscription by Apollo's multipart protocol, heartbeats left out, until the loop is left. */
export async function* readMultipart<Data>(
  url: string,
  query: string,
  variables: Record<string, unknown>,
  token: string,
): AsyncGenerator<Payload<Data>> {
  const abort = new AbortController();
  const response = await fetch(url, {
    method: 'POST',
    signal: abort.signal,
    headers: {
      'content-type': 'application/json',
      accept: 'multipart/mixed;subscriptionSpec="1.0", application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query, variables }),
  });
  const boundary = /boundary="?([^";]+)"?/.exec(response.headers.get('content-type') ?? '')?.[1];
  if (!boundary || !response.body) throw new Error(`no multipart answer: ${response.status} ${await response.text()}`);
  let text = '';
  try {
    const body = Readable.fromWeb(response.body as ReadableStream).setEncoding('utf8');
    for await (const chunk of body) {
      text += chunk;
      const parts = text.split(`--${boundary}`);
      text = parts.pop() ?? '';
      for (const part of [...parts, text]) {
        const json = /\r\n\r\n(\{.*\})\s*$/s.exec(part)?.[1];
        if (!json) continue;
        if (part === text) text = '';
        const { payload } = JSON.parse(json) as { payload?: Payload<Data> | null };
        if (payload) yield payload;
      }
    }
  } finally {
    abort.abort();
  }
}
