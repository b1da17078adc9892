import { Agent } from 'undici';

/** What a REST client sends. The path is whole: `/products/1?x=y`, and may be a whole URL (RFC 9112, section 3.2.2). */
export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, under the content type in `headers`, instead of `json`. */
  readonly raw?: string;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

let agent = new Agent();

/** Closes the connections that are kept for the next request, also those to whom a request still waits for. */
export async function hangUp(): Promise<void> {
  const used = agent;
  agent = new Agent();
  await used.destroy();
}

/** Sends one request to an origin, such as http://127.0.0.1:8081. Its path goes over the wire as it is written. */
export async function send(
  origin: string,
  { method, path, token, headers, json, raw }: RestRequest,
): Promise<RestAnswer> {
  const response = await agent.request({
    ...{ origin, path, method },
    headers: {
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: raw ?? (json === undefined ? null : JSON.stringify(json)),
  });
  const single = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')] as const);
  return { status: response.statusCode, headers: Object.fromEntries(single), text: await response.body.text() };
}

/** The JSON of an answer with this status; throws for any other, with what it says. */
export async function sendFor<Body>(origin: string, status: number, request: RestRequest): Promise<Body> {
  const answer = await send(origin, request);
  if (answer.status !== status) throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text}`);
  return (answer.text === '' ? undefined : JSON.parse(answer.text)) as Body;
}
