import { insideIn } from '../../rest/fuzz/verdict.js';
import type { Caller } from './callers.js';
import { faultInErrors, strangersIn, withoutKnown } from './verdict.js';
import type { Conversation } from './websocket-exchange.js';
import type { Script } from './websocket-scripts.js';

/**
 * How a server may close: in order, for what is wrong with frames (RFC 6455, section 7.4.1), and for what is wrong with
 * messages (graphql-transport-ws). 1006 is no code but a connection that ended without one, as after bytes that are no frame.
 */
const CLOSES = new Set([1000, 1002, 1003, 1005, 1006, 1007, 1009, 4400, 4401, 4403, 4406, 4408, 4409, 4429]);

/** What is wrong with what a websocket heard; null when nothing is. */
export function faultInConversation(script: Script, caller: Caller, heard: Conversation): string | null {
  if (heard.silent) return 'no answer in time';
  if (heard.closed && !CLOSES.has(heard.closed.code)) return `closed with ${heard.closed.code}`;
  const whole = !script.steps.some((step) => 'raw' in step);
  if (heard.closed?.code === 1006 && whole && script.protocol === 'graphql-transport-ws')
    return 'closed without a word';
  const sent = said(script);
  const shown =
    caller.kind === 'admin' && sent.includes('logs')
      ? heard.messages.filter((one) => !one.includes('"data"'))
      : heard.messages;
  const texts = withoutKnown([...shown, heard.closed?.reason ?? ''].join('\n'));
  const seen = insideIn(texts, sent);
  if (seen !== null) return `shows ${seen}`;
  const strangers = strangersIn(texts, { caller, bytes: Buffer.from(sent) });
  return strangers ?? heard.messages.map(faultInMessage).find((fault) => fault !== null) ?? null;
}

/** What a script says. */
export function said({ steps }: Script): string {
  return steps.map((step) => String('raw' in step ? step.raw.toString('latin1') : step.message)).join('\n');
}

function faultInMessage(text: string): string | null {
  const { type, payload } = JSON.parse(text) as { type: string; payload?: unknown };
  switch (type) {
    case 'connection_ack':
    case 'ping':
    case 'pong':
    case 'complete':
      return null;
    case 'error':
      return faultInErrors(payload);
    case 'next': {
      const { data, errors, ...others } = payload as Record<string, unknown>;
      if (Object.keys(others).length > 0) return `an answer with ${Object.keys(others).join()}`;
      if (errors !== undefined) return faultInErrors(errors);
      return data ? null : 'neither data nor errors';
    }
    default:
      return `a message of the type ${type}`;
  }
}
