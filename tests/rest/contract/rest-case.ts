import type { Service, ShopFront } from './shop-front.js';
import type { RestRequest } from './rest-client.js';

/** What a case sends, without the method, which its route has; the path's parameters by name. */
export interface CaseRequest extends Omit<RestRequest, 'method' | 'path'> {
  readonly params?: Readonly<Record<string, string | number>>;
  /** With its question mark. */
  readonly query?: string;
}

/** One line of the contract, played at each door with people and things of its own. */
export interface RestCase {
  readonly service: Service;
  /** As the document has it: `PUT /products/{id}`. */
  readonly route: string;
  readonly what: string;
  readonly request: (front: ShopFront) => CaseRequest | Promise<CaseRequest>;
  readonly status: number;
  /** What the body must match; empty unless given, for a 204 or a 304. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

export const error = (sentence: unknown) => ({ error: sentence });

/** The request of a case, as it goes over the wire. */
export function requestOf(route: string, { params = {}, query = '', ...rest }: CaseRequest): RestRequest {
  const [method = '', template = ''] = route.split(' ');
  const path = template.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => String(params[name]));
  return { method, path: `${path}${query}`, ...rest };
}
