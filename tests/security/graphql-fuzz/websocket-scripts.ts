import type { Random } from '../../chaos/random.js';
import type { Caller } from './callers.js';
import type { HostileValues } from './hostile-values.js';
import { oddNames } from './hostile-values.js';
import { jsonObject, type Member, membersOf, type WrittenOperation } from './operation.js';

/** What goes over a websocket: messages of text or bytes, and bytes that are no frame at all. */
export type Step = { readonly message: string | Buffer } | { readonly raw: Buffer };

export interface Script {
  readonly name: string;
  readonly protocol: string | undefined;
  readonly steps: readonly Step[];
}

const text = (message: string): Step => ({ message });
const MASK = Buffer.alloc(4);

/** A client's frame by its first byte (RFC 6455, section 5.2), as no library would write it. */
function frame(first: number, content: Buffer, second = 0x80 | content.length): Step {
  return { raw: Buffer.concat([Buffer.from([first, second]), MASK, content]) };
}

const rawFrames: readonly (readonly [name: string, step: Step])[] = [
  ['an unknown opcode', frame(0x83, Buffer.from('x'))],
  ['reserved bits', frame(0xf1, Buffer.from('{}'))],
  ['a frame without a mask', { raw: Buffer.from([0x81, 0x02, 0x7b, 0x7d]) }],
  ['a continuation of nothing', frame(0x80, Buffer.from('x'))],
  ['a ping in two parts', frame(0x09, Buffer.from('x'))],
  ['a close of one byte', frame(0x88, Buffer.from([3]))],
  ['a close of an odd code', frame(0x88, Buffer.from([0x03, 0xed]))],
  ['text that is no UTF-8', frame(0x81, Buffer.from([0xff, 0xfe]))],
  ['a frame of 2^63 bytes', { raw: Buffer.from([0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]) }],
  ['HTTP', { raw: Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n') }],
];

/** A connection of its own for each: what is said before, instead of, and after what the protocol has. */
export function websocketScript(
  operation: WrittenOperation,
  caller: Caller,
  values: HostileValues,
  random: Random,
): Script {
  const odd = values.anything(random);
  const name = random.pick(oddNames);
  const message = (type: string, ...members: readonly Member[]) =>
    jsonObject([['type', JSON.stringify(type)], ...members]);
  const payload = ['payload', jsonObject(membersOf(operation))] as const;
  const subscribe = (id: string, ...members: readonly Member[]) =>
    message('subscribe', ['id', JSON.stringify(id)], ...members);
  const parameters =
    caller.authorization === null ? '{}' : jsonObject([['authorization', JSON.stringify(caller.authorization)]]);
  const hello = message('connection_init', ['payload', parameters]);
  const endless = subscribe('1', ['payload', '{"query":"subscription { orderStatusChanged { id } }"}']);
  const [rawName, raw] = random.pick(rawFrames);
  const [what, messages] = random.pick<readonly [string, readonly (string | Buffer | Step)[]]>([
    ['an operation', [hello, subscribe('1', payload)]],
    ['an operation', [hello, subscribe('1', payload)]],
    ['many operations', [hello, ...Array.from({ length: 20 }, (_, n) => subscribe(String(n), payload))]],
    ['an operation before the hello', [subscribe('1', payload), hello]],
    ['two hellos', [hello, hello]],
    ['a hello of an odd payload', [message('connection_init', ['payload', odd])]],
    ['a hello of an odd token', [message('connection_init', ['payload', `{"authorization":${odd}}`])]],
    ['an id twice', [hello, endless, subscribe('1', payload)]],
    ['an odd id', [hello, message('subscribe', ['id', odd], payload)]],
    ['an id of a prototype', [hello, subscribe(name, payload), message('complete', ['id', JSON.stringify(name)])]],
    ['an empty id', [hello, subscribe('', payload)]],
    ['no id', [hello, message('subscribe', payload)]],
    ['no payload', [hello, subscribe('1')]],
    ['an odd payload', [hello, subscribe('1', ['payload', odd])]],
    ['an odd query', [hello, subscribe('1', ['payload', `{"query":${odd}}`])]],
    [
      'odd variables',
      [
        hello,
        subscribe('1', [
          'payload',
          jsonObject([
            ['query', JSON.stringify(operation.query)],
            ['variables', odd],
          ]),
        ]),
      ],
    ],
    [
      'odd extensions',
      [hello, subscribe('1', ['payload', jsonObject([...membersOf(operation), ['extensions', odd]])])],
    ],
    ['an unknown type', [hello, message(name)]],
    ['an odd type', [hello, `{"type":${odd}}`]],
    [
      'what only a server says',
      [hello, message('next', ['id', '"1"'], ['payload', '{"data":{}}']), message('connection_ack')],
    ],
    ['an end of nothing', [hello, message('complete', ['id', '"nothing"'])]],
    ['an end at once', [hello, endless, message('complete', ['id', '"1"'])]],
    ['streams without end', [hello, ...Array.from({ length: 60 }, (_, n) => endless.replace('"1"', `"s${n}"`))]],
    ['pings', [...Array<string>(50).fill(message('ping', ['payload', odd.startsWith('{') ? odd : '{}'])), hello]],
    [
      'the older protocol',
      [message('connection_init'), message('start', ['id', '"1"'], payload), message('stop', ['id', '"1"'])],
    ],
    ['any JSON', [random.chance(0.5) ? hello : odd, odd]],
    ['no JSON', [hello, random.pick(['', '{', 'hello?', '\0', '[1,2', '{"type":"ping"}{"type":"ping"}'])]],
    ['bytes', [hello, Buffer.from(subscribe('1', payload))]],
    ['bytes of nothing', [hello, Buffer.from([0xff, 0xfe, 0x00])]],
    ['a message that is too large', [hello, subscribe('1', ['payload', `{"query":"#${'x'.repeat(200_000)}"}`])]],
    ['a message of depth', [hello, `${'['.repeat(40_000)}${']'.repeat(40_000)}`]],
    ['the other subprotocol', [hello]],
    [rawName, [raw]],
    [`${rawName}, after the hello`, [hello, raw]],
    [`${rawName}, amid an operation`, [hello, subscribe('1', payload), raw]],
  ]);
  return {
    name: `websocket: ${what}`,
    protocol:
      what === 'the other subprotocol' ? random.pick([undefined, 'graphql-ws', 'nothing']) : 'graphql-transport-ws',
    steps: messages.map((one) => (typeof one === 'string' ? text(one) : Buffer.isBuffer(one) ? { message: one } : one)),
  };
}
