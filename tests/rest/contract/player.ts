import { isOfAnswer, type OpenApiDocument } from './openapi-document.js';
import { type RestAnswer, type RestRequest, send } from './rest-client.js';
import { requestOf, type RestCase } from './rest-case.js';
import type { Service, ShopFront } from './shop-front.js';

export type Documents = Readonly<Record<Service, OpenApiDocument>>;

/** Plays requests at both doors, and keeps what was ever answered, so that what nobody asked for can be named. */
export class Player {
  private readonly seen = new Set<string>();

  constructor(
    private readonly front: ShopFront,
    private readonly gateway: string,
    readonly documents: Documents,
  ) {}

  /** A case on the service's own port and through the gateway, each with people and things of its own. */
  async play(played: RestCase): Promise<void> {
    const { service, route } = played;
    const [own, forwarded] = await Promise.all(
      [this.front.origin(service), this.gateway].map(async (origin) =>
        this.ask(service, origin, route, requestOf(route, await played.request(this.front))),
      ),
    );
    for (const answer of [own, forwarded] as RestAnswer[]) {
      expect({ status: answer.status, body: bodyOf(answer) }).toEqual({ status: played.status, body: played.body });
      expect(answer.headers).toMatchObject(played.headers ?? {});
    }
    expect(likeness(forwarded as RestAnswer)).toEqual(likeness(own as RestAnswer));
  }

  /** Sends one request of a route, and holds the answer against the document. */
  async ask(service: Service, origin: string, route: string, request: RestRequest): Promise<RestAnswer> {
    const answer = await send(origin, request);
    const objections = this.documents[service].objections(route, answer);
    if (objections.length > 0)
      throw new Error(`${route} answered ${answer.status} ${answer.text}: ${objections.join('; ')}`);
    this.seen.add(`${route} ${answer.status}`);
    return answer;
  }

  /** What the documents promise and nobody has seen. */
  unseen(): string[] {
    return Object.values(this.documents).flatMap((document) =>
      [...document.operations].flatMap(([route, { responses }]) =>
        Object.keys(responses)
          .map((status) => `${route} ${status}`)
          .filter((answer) => !this.seen.has(answer)),
      ),
    );
  }
}

function bodyOf({ text }: RestAnswer): unknown {
  return text === '' ? undefined : JSON.parse(text);
}

/** What of an answer is the same, whoever it is about. */
function likeness({ status, headers, text }: RestAnswer) {
  const own = Object.entries(headers).filter(([name]) => isOfAnswer(name) || name === 'content-type');
  return {
    status,
    headers: Object.fromEntries(own.map(([name, value]) => [name, differs.test(name) ? 'any' : value])),
    body: text === '' ? undefined : faceless(JSON.parse(text)),
  };
}

/** Headers and fields that differ from one person, thing or moment to another. */
const differs = /^(?:etag|x-cache|x-total-count|(?:.+_)?id|.*uuid|name|email|username|(?:refresh_)?token|\w+_at)$/;

function faceless(value: unknown): unknown {
  // Of a list that others add to, its first element says what it is like.
  if (Array.isArray(value)) return value.slice(0, 1).map(faceless);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, differs.test(name) ? typeof field : faceless(field)]),
  );
}
