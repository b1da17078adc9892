import { apiSchema } from './api-schema.js';
import type { Caller } from './callers.js';
import type { WrittenOperation } from './operation.js';
import { type Asked, faultIn } from './verdict.js';

const schema = apiSchema();
const stranger = { token: '', secret: 'their-secret', refreshToken: 'their-refresh-token' };
const customer: Caller = { kind: 'customer', authorization: 'Bearer x', strangers: [stranger], refused: false };
const operation: WrittenOperation = {
  ...{ kind: 'query', name: 'query me', operationName: null },
  query: 'query ($with: Boolean!) { me { name: username id @include(if: $with) } }',
  variables: { with: 'true' },
};
const asked = (caller = customer, valid: WrittenOperation | null = operation, sent = ''): Asked => ({
  ...{ operation: 'query me', bodiless: false, broken: false, caller, valid },
  bytes: Buffer.from(`POST /graphql HTTP/1.1\r\n\r\n${sent}`),
});
const answered = (body: unknown, status = 200, type = 'application/json') => ({
  ...{ kind: 'answer' as const, status, headers: new Map([['content-type', type]]) },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const error = (code: unknown, message = 'not today') => ({ message, extensions: { code } });
const right = { data: { me: { name: 'linh', id: '1' } } };

describe('the judge of GraphQL answers', () => {
  it.each([
    ['data', right, 200],
    ['data, as events', `event: next\ndata: ${JSON.stringify(right)}\n\n`, 200, 'text/event-stream'],
    ['data in another order', { data: { me: { id: '1', name: 'linh' } } }, 200],
    ['data and errors', { data: { me: null }, errors: [{ ...error('FORBIDDEN'), path: ['me'] }] }, 200],
    ['a refusal', { errors: [error('BAD_USER_INPUT')] }, 400],
  ])('takes %s', (_what, body, status, type = 'application/json') =>
    expect(faultIn(schema, asked(), answered(body, status, type))).toBeNull(),
  );

  it.each<[string, object, number?]>([
    ['data that is not what was asked for', { data: { me: { name: 'linh' } } }],
    ['data is not what was asked for', { data: { me: { name: 'linh', id: '1', email: 'x' } } }],
    ['data is not what was asked for', { data: { me: { name: 'linh', id: 1 } } }],
    ['data that is not what was asked for', { data: { me: { name: null, id: '1' } } }],
    ['neither data nor errors', { data: null }],
    ['an answer with extensions', { ...right, extensions: {} }],
    ['errors that are no list of some', { ...right, errors: [] }],
    ['an error with the code undefined', { errors: [{ message: 'not today' }] }, 400],
    ['an error with the code GRAPHQL_PARSE_FAILED', { errors: [error('GRAPHQL_PARSE_FAILED')] }, 400],
    ['an error with the code INTERNAL_SERVER_ERROR', { errors: [error('INTERNAL_SERVER_ERROR')] }],
    ['an error with the code SUBGRAPH_UNAVAILABLE', { errors: [error('SUBGRAPH_UNAVAILABLE')] }],
    ['an error with stack', { errors: [{ ...error('CONFLICT'), stack: 'x' }] }, 400],
    [
      'an error with stacktrace',
      { errors: [{ message: 'no, no', extensions: { code: 'CONFLICT', stacktrace: [] } }] },
      400,
    ],
    ['200 shows a stack', { data: { me: { name: 'at run (file.js:1:2)', id: '1' } } }],
    ['an error of more than 600 characters', { errors: [error('CONFLICT', 'x'.repeat(601))] }, 400],
    ['status 500', { errors: [error('BAD_USER_INPUT')] }, 500],
    ['status 404 for a valid operation', { errors: [error('NOT_FOUND')] }, 404],
    ["shows another customer's data", { data: { me: { name: 'their-secret', id: '1' } } }],
  ])('does not take it: %s', (fault, body, status = 200) =>
    expect(faultIn(schema, asked(), answered(body, status))).toContain(fault),
  );

  it('shows what was said in the request, and what its credentials open', () => {
    const body = { data: { me: { name: 'their-secret', id: '1' } } };
    expect(faultIn(schema, asked(customer, operation, 'their-secret'), answered(body))).toBeNull();
    expect(faultIn(schema, asked(customer, operation, 'their-refresh-token'), answered(body))).toBeNull();
  });

  it('wants 401 for a token that is not good', () => {
    const refused: Caller = { ...customer, kind: 'forged', refused: true };
    expect(faultIn(schema, asked(refused), answered(right))).toBe('status 200 for a token that is not good');
    expect(faultIn(schema, asked(refused), answered({ errors: [error('UNAUTHENTICATED')] }, 401))).toBeNull();
  });

  it.each([
    'Syntax Error: Expected Name, found <EOF>.',
    'Unknown fragment "I".',
    'Cannot query field "x" on type "User".',
    'Variable "$x" is not defined by operation "Q".',
    'Variable "$x" is never used.',
    'Field "me" of type "User" must have a selection of subfields. Did you mean "me { ... }"?',
    'there is no operation of that name, or several and no name',
  ])('lets a valid operation be refused for its values, and not by: %s', (message) => {
    const body = { data: null, errors: [error('BAD_USER_INPUT', message)] };
    expect(faultIn(schema, asked(), answered(body))).toBe('a valid operation is refused as one that is not');
    expect(faultIn(schema, asked(customer, null), answered(body))).toBeNull();
    const values = 'Variable "$with" got invalid value 1; Boolean cannot represent a non boolean value: 1';
    expect(faultIn(schema, asked(), answered({ errors: [error('BAD_USER_INPUT', values)] }, 400))).toBeNull();
  });

  it('lets what is no operation be refused in the words of REST, and nothing else', () => {
    const broken = asked(customer, null);
    const unterminated = { errors: [error('BAD_USER_INPUT', 'Syntax Error: Unterminated string.')] };
    expect(faultIn(schema, broken, answered(unterminated, 400))).toBeNull();
    expect(faultIn(schema, broken, answered({ error: 'the body is too large' }, 413))).toBeNull();
    expect(faultIn(schema, broken, answered('Payload Too Large', 413, 'text/plain'))).toBe(
      '413 has a body that is no error',
    );
    expect(faultIn(schema, broken, answered('ok', 200, 'text/plain'))).toBe('200 has a body that is no answer');
    expect(faultIn(schema, broken, { kind: 'silence' })).toBe('no answer in time');
    expect(faultIn(schema, broken, { kind: 'closed' })).toBe('closed without an answer');
  });
});
