import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';

/** What is about one connection, not about the message (RFC 9110, section 7.6.1), or was answered here already (Expect). */
const ofTheConnection =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|expect)$/;
/** Where a request came from, and in which trace, is what this gateway saw, and what it was told by those whom it trusts. */
const ofTheWay = /^(?:forwarded|x-forwarded-.*|x-real-ip|x-gateway-.*|traceparent|tracestate)$/;

/** The headers of a request as a service gets them: the client's own, and what this gateway knows of it. */
export function forwardedHeaders(
  { ip, ips = [ip], host, protocol, id }: Pick<FastifyRequest, 'ip' | 'ips' | 'host' | 'protocol' | 'id'>,
  headers: IncomingHttpHeaders,
): IncomingHttpHeaders {
  return {
    ...without(headers, (name) => ofTheConnection.test(name) || ofTheWay.test(name)),
    'x-forwarded-for': ips.toReversed().join(', '),
    'x-forwarded-host': host,
    'x-forwarded-proto': protocol,
    'x-request-id': id,
  };
}

/** The headers of a service's answer as the client gets them. */
export function withoutConnectionHeaders<Headers extends object>(headers: Headers): Headers {
  return without(headers, (name) => ofTheConnection.test(name));
}

function without<Headers extends object>(headers: Headers, dropped: (name: string) => boolean): Headers {
  const named = namedByConnection(headers);
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !named.has(name.toLowerCase()) && !dropped(name)),
  ) as Headers;
}

/** The headers that a sender marks as meant for its own connection alone. */
function namedByConnection(headers: { readonly connection?: unknown }): ReadonlySet<string> {
  const options = [headers.connection ?? []].flat().join(',').split(',');
  return new Set(options.map((option) => option.trim().toLowerCase()));
}
