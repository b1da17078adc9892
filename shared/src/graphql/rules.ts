import type { GraphqlContext } from './context.js';
import { rule } from './shield.js';
import { forbidden, unauthenticated } from '../errors/app-error.js';

/** Somebody who proved who they are. */
export const isAuthenticated = rule('isAuthenticated', { cache: 'contextual' })(
  (_parent, _args, context: GraphqlContext) =>
    context.caller ? true : unauthenticated('missing authorization header'),
);

/** An administrator. */
export const isAdministrator = rule('isAdministrator', { cache: 'contextual' })((
  _parent,
  _args,
  context: GraphqlContext,
) => {
  if (!context.caller) return unauthenticated('missing authorization header');
  return context.caller.role === 'ADMIN' ? true : forbidden();
});
