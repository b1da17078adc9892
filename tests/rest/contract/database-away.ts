import type { CaseRequest } from './rest-case.js';
import type { Service, ShopFront } from './shop-front.js';

/** What can't be answered without the database, by services whose other neighbours can't be away. */
export const databaseRequests = (
  front: ShopFront,
): readonly (readonly [service: Service, route: string, request: CaseRequest])[] => [
  [
    'auth',
    'POST /auth/register',
    { json: { username: 'somebody', email: 'somebody@example.com', password: 'a long passphrase' } },
  ],
  ['auth', 'POST /auth/login', { json: { login: 'somebody', password: 'a long passphrase' } }],
  ['auth', 'GET /api/profile', { token: front.admin }],
  ['auth', 'GET /.well-known/ended-sessions', {}],
  ['products', 'GET /products', {}],
  ['products', 'GET /products/{id}', { params: { id: 9_007_199_254_740_989 } }],
];

/**
 * Every route is described to say 503, and one of these needs nothing that may be away. Registrations are refused only when
 * hundreds of passwords wait to be hashed.
 */
export const neverGiven = ['logger: POST /ingest 503', 'auth: POST /auth/register 429'];
