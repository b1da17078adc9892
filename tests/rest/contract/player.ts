import { exchange } from '../fuzz/raw-http.js';
import { isOfAnswer, type OpenApiDocument } from './openapi-document.js';
import { type RestAnswer, type RestRequest, send } from './rest-client.js';
import { requestOf, type RestCase } from './rest-case.js';
import type { Service, ShopFront } from './shop-front.js';

/** Where a request goes in: a service's own port, or the gateway. */
export type Door = Service | 'gateway';
export type Documents = Readonly<Record<Door, OpenApiDocument>>;

/** Plays requests at both doors, and keeps what was ever answered, so that what nobody asked for can be named. */
export class Player {
  private readonly seen = new Set<string>();

  constructor(
    private readonly front: ShopFront,
    private readonly gateway: string,
    readonly documents: Documents,
  ) {}

  /** A case on the service's own port and, where it is forwarded, through the gateway, each with people and things of its own. */
  async play(played: RestCase): Promise<void> {
    const { service, route } = played;
    const isForwarded = this.documents.gateway.operations.has(route);
    const doors: readonly Door[] = isForwarded ? [service, 'gateway'] : [service];
    const [own, forwarded] = await Promise.all(
      doors.map(async (door) => this.ask(door, route, requestOf(route, await played.request(this.front)))),
    );
    for (const answer of [own, forwarded].filter((one) => one !== undefined)) {
      expect({ status: answer.status, body: bodyOf(answer) }).toEqual({ status: played.status, body: played.body });
      expect(answer.headers).toMatchObject(played.headers ?? {});
    }
    if (own && forwarded) expect(likeness(forwarded)).toEqual(likeness(own));
  }

  /** Sends one request of a route, and holds the answer against the document of the door, which may be moved elsewhere. */
  async ask(door: Door, route: string, request: RestRequest, origin = this.originOf(door)): Promise<RestAnswer> {
    return this.judged(door, route, await send(origin, request));
  }

  /** Sends bytes in place of a request of a route, as no HTTP client would. Waits for an answer for as many ms. */
  async askRaw(door: Door, route: string, bytes: string, deadlineMs: number): Promise<RestAnswer> {
    const port = Number(new URL(this.originOf(door)).port);
    const heard = await exchange({ port, bytes: Buffer.from(bytes), bodiless: false, hangUp: false, deadlineMs });
    if (heard.kind !== 'answer') throw new Error(`${door}: ${route} answered ${heard.kind} to ${bytes.slice(0, 200)}`);
    const { status, headers, body } = heard;
    return this.judged(door, route, { status, headers: Object.fromEntries(headers), text: body });
  }

  private judged(door: Door, route: string, answer: RestAnswer): RestAnswer {
    const objections = this.documents[door].objections(route, answer);
    if (objections.length > 0)
      throw new Error(`${door}: ${route} answered ${answer.status} ${answer.text}: ${objections.join('; ')}`);
    this.seen.add(`${door}: ${route} ${answer.status}`);
    return answer;
  }

  /** What the documents promise and nobody has seen. */
  unseen(): string[] {
    return Object.entries(this.documents).flatMap(([door, document]) =>
      [...document.operations].flatMap(([route, { responses }]) =>
        Object.keys(responses)
          .map((status) => `${door}: ${route} ${status}`)
          .filter((answer) => !this.seen.has(answer)),
      ),
    );
  }

  private originOf(door: Door): string {
    return door === 'gateway' ? this.gateway : this.front.origin(door);
  }
}

function bodyOf({ text }: RestAnswer): unknown {
  return text === '' ? undefined : JSON.parse(text);
}

/** What of an answer is the same, whoever it is about. */
export function likeness({ status, headers, text }: RestAnswer) {
  const own = Object.entries(headers).filter(([name]) => isOfAnswer(name) || name === 'content-type');
  return {
    status,
    headers: Object.fromEntries(own.map(([name, value]) => [name, differs.test(name) ? 'any' : value])),
    body: text === '' ? undefined : faceless(JSON.parse(text)),
  };
}

/** Headers and fields that differ from one person, thing or moment to another. */
const differs =
  /^(?:etag|x-cache|retry-after|x-total-count|(?:.+_)?id|.*uuid|name|email|username|(?:refresh_)?token|\w+_at)$/;

function faceless(value: unknown): unknown {
  // Of a list that others add to, its first element says what it is like.
  if (Array.isArray(value)) return value.slice(0, 1).map(faceless);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, differs.test(name) ? typeof field : faceless(field)]),
  );
}
