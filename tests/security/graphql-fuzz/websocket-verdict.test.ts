import type { Caller } from './callers.js';
import type { Conversation } from './websocket-exchange.js';
import type { Script } from './websocket-scripts.js';
import { faultInConversation } from './websocket-verdict.js';

const stranger = { token: '', secret: 'their-secret', refreshToken: 'their-refresh-token' };
const customer: Caller = { kind: 'customer', authorization: 'Bearer x', strangers: [stranger], refused: false };
const script: Script = { name: 'x', protocol: 'graphql-transport-ws', steps: [{ message: '{"type":"ping"}' }] };
const heard = (...messages: object[]): Conversation => ({
  messages: messages.map((message) => JSON.stringify(message)),
  closed: null,
  silent: false,
});
const closed = (code: number, reason = ''): Conversation => ({ ...heard(), closed: { code, reason } });
const error = (code: string, message = 'not today') => ({
  ...{ id: '1', type: 'error' },
  payload: [{ message, extensions: { code } }],
});
const next = (payload: object) => ({ id: '1', type: 'next', payload });

describe('the judge of websockets', () => {
  it.each([
    ['data', heard({ type: 'connection_ack' }, next({ data: { me: null } }), { id: '1', type: 'complete' })],
    ['a refusal', heard(error('RATE_LIMITED'))],
    ['a close with a code that says why', closed(4400, 'no id')],
  ])('takes %s', (_what, conversation) => expect(faultInConversation(script, customer, conversation)).toBeNull());

  it.each([
    ['no answer in time', { ...heard(), silent: true }],
    ['closed with 1011', closed(1011)],
    ['closed without a word', closed(1006)],
    ['shows a stack', closed(4400, 'at run (file.js:1:2)')],
    ['shows a stack', heard(error('BAD_USER_INPUT', 'at run (file.js:1:2)'))],
    ["shows another customer's data", heard(next({ data: { me: { name: 'their-secret' } } }))],
    ['an error with the code INTERNAL_SERVER_ERROR', heard(error('INTERNAL_SERVER_ERROR'))],
    ['an error with the code SUBGRAPH_UNAVAILABLE', heard(error('SUBGRAPH_UNAVAILABLE'))],
    ['neither data nor errors', heard(next({ data: null }))],
    ['an answer with extensions', heard(next({ data: {}, extensions: {} }))],
    ['a message of the type nonsense', heard({ type: 'nonsense' })],
  ])('does not take it: %s', (fault, conversation) =>
    expect(faultInConversation(script, customer, conversation)).toBe(fault),
  );
});
