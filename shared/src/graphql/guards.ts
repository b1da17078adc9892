import { type GraphQLResolveInfo, type GraphQLSchema } from 'graphql';
import type { IMiddlewareTypeMap } from 'graphql-middleware';
import type { IRules } from 'graphql-shield';
import { isAdministrator, isAuthenticated } from './rules.js';
import { allow, deny, shield } from './shield.js';
import { forbidden } from '../errors/app-error.js';

type Resolve = (...given: unknown[]) => unknown;
type Guard = (resolve: Resolve, parent: unknown, args: unknown, context: object, info: GraphQLResolveInfo) => unknown;
type Guards = Record<string, Record<string, Guard>>;

/** What these say depends on the caller alone: one answer serves a request. */
const OF_THE_CALLER: ReadonlySet<unknown> = new Set([isAuthenticated, isAdministrator]);

/**
 * Shield's middleware for a rule of every field; what has no rule is denied. A list of a hundred fields would ask a hundred
 * times, with some promises each, what can't have changed: so what anybody may see has no guard, and a rule about the caller
 * that has let a request pass is not asked again in it.
 */
export function guards(rules: Readonly<Record<string, IRules>>, schema: GraphQLSchema): IMiddlewareTypeMap {
  const options = { fallbackRule: deny, fallbackError: forbidden(), allowExternalErrors: true } as const;
  const all = shield(rules as IRules, options as unknown as Parameters<typeof shield>[1]).generate(schema) as Guards;
  return mapped(all, (guard, type, field) => {
    const rule = ruleOf(rules[type], field);
    if (rule === allow) return undefined;
    return OF_THE_CALLER.has(rule) ? oncePassed(rule, guard) : guard;
  }) as IMiddlewareTypeMap;
}

/** The rule of a field, as Shield finds it. */
function ruleOf(ofType: IRules | undefined, field: string): unknown {
  if (!ofType) return deny;
  if ('resolve' in ofType && typeof ofType.resolve === 'function') return ofType;
  const ofFields = ofType as Readonly<Record<string, unknown>>;
  return ofFields[field] ?? ofFields['*'] ?? deny;
}

const passedIn = new WeakMap<object, Set<unknown>>();

function oncePassed(rule: unknown, guard: Guard): Guard {
  return (resolve, parent, args, context, info) => {
    if (passedIn.get(context)?.has(rule)) return resolve(parent, args, context, info);
    const passed: Resolve = (...given) => {
      passedIn.set(context, (passedIn.get(context) ?? new Set()).add(rule));
      return resolve(...given);
    };
    return guard(passed, parent, args, context, info);
  };
}

function mapped(all: Guards, change: (guard: Guard, type: string, field: string) => Guard | undefined): Guards {
  const changed = Object.entries(all).map(([type, fields]) => {
    const kept = Object.entries(fields).flatMap(([field, guard]) => {
      const other = change(guard, type, field);
      return other ? [[field, other] as const] : [];
    });
    return [type, Object.fromEntries(kept)] as const;
  });
  return Object.fromEntries(changed.filter(([, fields]) => Object.keys(fields).length > 0));
}
