import { toGraphqlError } from './graphql-errors.js';
import { forbidden } from '../errors/app-error.js';

/** What `/graphql` of a service answers, with 403, to whoever does not prove to be the gateway. */
export const gatewayOnly = forbidden('only the gateway may ask here');

/** The same as GraphQL has it. */
export const refusalOfOthers = { errors: [toGraphqlError(gatewayOnly)] };
