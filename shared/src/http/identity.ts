import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerToken, type Caller, requireCaller } from '../auth/caller.js';
import type { TokenVerifier } from '../auth/token-verifier.js';
import { unauthenticated } from '../errors/app-error.js';

/** The caller of a request, null without a token. Throws UNAUTHENTICATED for a bad header or token. */
export async function callerOf(request: FastifyRequest, verifier: TokenVerifier): Promise<Caller | null> {
  const token = bearerToken(request.headers.authorization);
  return token === null ? null : verifier.verify(token);
}

/** The caller of a REST request that needs one: 401 in the words of the REST contract otherwise. */
export async function requiredCallerOf(request: FastifyRequest, verifier: TokenVerifier): Promise<Caller> {
  if (!request.headers.authorization) throw unauthenticated('missing authorization header');
  return requireCaller(await callerOf(request, verifier));
}

/**
 * Lets nobody into a scope's routes without a token, before anything else of a request is looked at: a stranger learns
 * nothing but 401. Answers how a route finds its caller.
 */
export function requireCallers(scope: FastifyInstance, verifier: TokenVerifier): (request: FastifyRequest) => Caller {
  const callers = new WeakMap<FastifyRequest, Caller>();
  scope.addHook('onRequest', async (request) => {
    callers.set(request, await requiredCallerOf(request, verifier));
  });
  return (request) => {
    const caller = callers.get(request);
    if (!caller) throw new Error('the route has no caller');
    return caller;
  };
}
