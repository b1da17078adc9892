import { createRequire } from 'node:module';
import util from 'node:util';
import type { applyMiddleware as ApplyMiddleware } from 'graphql-middleware';
import type * as Shield from 'graphql-shield';

// graphql-shield calls util.isUndefined, which Node 23 removed; and it must share one copy of graphql-middleware with us.
// So both come through one `require`, after the function is back.
Object.assign(util, { isUndefined: (value: unknown) => value === undefined });
const require = createRequire(import.meta.url);
const shieldModule = require('graphql-shield') as typeof Shield;
const middlewareModule = require('graphql-middleware') as { applyMiddleware: typeof ApplyMiddleware };

export const { shield, rule, allow, deny, and, or, not, chain, race } = shieldModule;
export const { applyMiddleware } = middlewareModule;
