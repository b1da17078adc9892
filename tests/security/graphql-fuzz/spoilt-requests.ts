import fc from 'fast-check';
import type { Random } from '../../chaos/random.js';
import type { Framing } from '../../rest/fuzz/framing.js';
import { framings } from '../../rest/fuzz/framing.js';
import { authorization, contentType, extraHeaders, type Header } from '../../rest/fuzz/headers.js';
import { type FuzzedRequest, written } from '../../rest/fuzz/requests.js';
import { notJson } from '../../rest/fuzz/values.js';
import { authorizationOf, type Caller } from './callers.js';
import { damages } from './document-damage.js';
import { floods } from './floods.js';
import { type HostileValues, oddNames } from './hostile-values.js';
import { jsonObject, type Member, membersOf, type WrittenOperation } from './operation.js';

const JSON_TYPE: Header = ['Content-Type', 'application/json'];
const POOL = 800;
/**
 * Bytes. A larger body is refused while most of it is still to come, and whoever goes on sending it may find the
 * connection closed before they read why (RFC 9112, section 9.6).
 */
const MOST_WAITED_FOR = 1_000_000;
const WRONG_HASH = 'ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38';

/** What is wrong with a request, and how it is made of one that is right. */
type Spoiler = (operation: WrittenOperation, caller: Caller, random: Random) => FuzzedRequest;

/** Requests made of valid operations, each spoilt in one way. */
export class SpoiltRequests {
  private readonly types: readonly (readonly Header[])[];
  private readonly extras: readonly (readonly Header[])[];
  private readonly framings: readonly Framing[];
  private readonly texts: readonly string[];
  private readonly spoilers: readonly Spoiler[];

  constructor(
    private readonly values: HostileValues,
    seed: number,
  ) {
    const some = <Thing>(arbitrary: fc.Arbitrary<Thing>) => fc.sample(arbitrary, { seed, numRuns: POOL });
    this.types = some(contentType);
    this.extras = some(
      extraHeaders({ headers: ['apollo-require-preflight', 'x-apollo-operation-name', 'GraphQL-Preflight'] }),
    );
    this.framings = some(framings);
    this.texts = some(notJson);
    const document: Spoiler = (...all) => this.document(...all);
    const members: Spoiler = (...all) => this.members(...all);
    // Documents are where most of the ways are.
    this.spoilers = [
      ...Array<Spoiler>(6).fill(document),
      ...Array<Spoiler>(4).fill(members),
      (...all) => this.flood(...all),
      (...all) => this.text(...all),
      (...all) => this.headers(...all),
      (...all) => this.byGet(...all),
      (...all) => this.framing(...all),
      (...all) => this.batch(...all),
    ];
  }

  /** One request. */
  spoil(operation: WrittenOperation, caller: Caller, random: Random): FuzzedRequest {
    return random.pick(this.spoilers)(operation, caller, random);
  }

  private document(operation: WrittenOperation, caller: Caller, random: Random): FuzzedRequest {
    const [name, apply] = random.pick(damages);
    // A second one now and then: two faults at once take other ways than either.
    const once = apply(operation.query, random);
    const query = random.chance(0.2) ? random.pick(damages)[1](once, random) : once;
    return post(`document: ${name}`, caller, random, jsonObject(membersOf({ ...operation, query })));
  }

  private members(operation: WrittenOperation, caller: Caller, random: Random): FuzzedRequest {
    const right = membersOf(operation);
    const odd = this.values.anything(random);
    const without = (key: string) => right.filter(([name]) => name !== key);
    const variables = Object.entries(operation.variables);
    const wrong = variables.map(([name]): Member => [name, this.values.anything(random)]);
    const [name, members] = random.pick<readonly [string, () => readonly Member[]]>([
      ['no query', () => without('query')],
      ['an odd query', () => [...without('query'), ['query', odd]]],
      ['odd variables', () => [...without('variables'), ['variables', odd]]],
      ['variables of wrong types', () => [...without('variables'), ['variables', jsonObject(wrong)]]],
      ['variables twice', () => [...right, ['variables', jsonObject([...wrong, ...variables])]]],
      [
        'more variables',
        () => [...without('variables'), ['variables', jsonObject([...variables, [random.pick(oddNames), odd]])]],
      ],
      ['an odd operation name', () => [...without('operationName'), ['operationName', odd]]],
      [
        'another operation name',
        () => [...without('operationName'), ['operationName', JSON.stringify(random.pick(oddNames))]],
      ],
      ['odd extensions', () => [...right, ['extensions', odd]]],
      ['a persisted query of a wrong hash', () => [...right, persisted(WRONG_HASH)]],
      ['a persisted query that is not there', () => [...without('query'), persisted(WRONG_HASH)]],
      ['an odd persisted query', () => [...right, ['extensions', `{"persistedQuery":${odd}}`]]],
      [
        'a persisted query of an odd version',
        () => [...right, ['extensions', `{"persistedQuery":{"version":${odd},"sha256Hash":${odd}}}`]],
      ],
      ['an unknown member', () => [...right, [random.pick(oddNames), odd]]],
      ['a query twice', () => [['query', '"{ cart { id } }"'], ...right]],
      ['an http member', () => [...right, ['http', '{"headers":{"authorization":"Bearer x"},"method":"GET"}']]],
      [
        'a prototype',
        () => [
          ...right,
          ['__proto__', '{"query":"{ cart { id } }","isAdmin":true}'],
          ['constructor', '{"prototype":{"role":"ADMIN"}}'],
        ],
      ],
    ]);
    return post(`body: ${name}`, caller, random, jsonObject(members()));
  }

  private flood(_operation: WrittenOperation, caller: Caller, random: Random): FuzzedRequest {
    const { name, query, variables } = random.pick(floods);
    const members: Member[] = [
      ['query', JSON.stringify(query)],
      ...(variables ? [['variables', variables] as const] : []),
    ];
    return post(`flood: ${name}`, caller, random, jsonObject(members));
  }

  private text(operation: WrittenOperation, caller: Caller, random: Random): FuzzedRequest {
    const right = jsonObject(membersOf(operation));
    const [name, body] = random.pick<readonly [string, () => Buffer]>([
      ['cut off', () => Buffer.from(right).subarray(0, random.below(Buffer.byteLength(right)))],
      ['not JSON', () => Buffer.from(random.pick(this.texts))],
      ['bytes that are no UTF-8', () => spliced(right, random, [0xff, 0xfe])],
      ['half a character', () => spliced(right, random, [0xf0, 0x9f])],
      ['half a surrogate pair as UTF-8', () => spliced(right, random, [0xed, 0xa0, 0x80])],
      ['a NUL', () => spliced(right, random, [0])],
      ['UTF-16', () => Buffer.from(right, 'utf16le')],
      ['Latin-1', () => Buffer.from(right, 'latin1')],
      ['a byte order mark', () => Buffer.from(`\ufeff${right}`)],
      ['two values', () => Buffer.from(right + right)],
      ['a JSON text in JSON', () => Buffer.from(JSON.stringify(right))],
      ['GraphQL itself', () => Buffer.from(operation.query)],
    ]);
    return request(`text: ${name}`, caller, { headers: [JSON_TYPE], content: body() });
  }

  private headers(operation: WrittenOperation, caller: Caller, random: Random): FuzzedRequest {
    const content = Buffer.from(jsonObject(membersOf(operation)));
    if (random.chance(0.4))
      return request('headers: content type', caller, { headers: random.pick(this.types), content });
    if (random.chance(0.3) && caller.authorization !== null) {
      const token = caller.authorization.replace('Bearer ', '');
      const [odd = []] = fc.sample(authorization({ customer: token, admin: token }), {
        seed: random.below(2 ** 31),
        numRuns: 1,
      });
      return request(
        'headers: authorization',
        { ...caller, authorization: null },
        { headers: [JSON_TYPE, ...odd], content },
      );
    }
    return request('headers: others', caller, { headers: [JSON_TYPE, ...random.pick(this.extras)], content });
  }

  private byGet(operation: WrittenOperation, caller: Caller, random: Random): FuzzedRequest {
    const parameters = membersOf(operation).map(
      ([key, text]) => [key, key === 'variables' ? text : (JSON.parse(text) as string)] as const,
    );
    const query = (pairs: readonly (readonly [string, string])[]) =>
      pairs.map(([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed()).slice(0, 6_000)}`).join('&');
    const right = query(parameters);
    const [name, search] = random.pick<readonly [string, () => string]>([
      ['as it is', () => right],
      ['twice', () => `${right}&${right}`],
      ['as lists', () => right.replaceAll('=', '[]=')],
      [
        'odd variables',
        () => `${right}&variables=${encodeURIComponent(this.values.anything(random).toWellFormed()).slice(0, 6_000)}`,
      ],
      ['cut off', () => right.slice(0, random.below(right.length))],
      ['no escapes', () => 'query={__typename}'],
      [
        'extensions',
        () =>
          `${right}&extensions=${encodeURIComponent(`{"persistedQuery":{"version":1,"sha256Hash":"${WRONG_HASH}"}}`)}`,
      ],
      ['nothing', () => ''],
    ]);
    const path = random.chance(0.15) && operation.kind !== 'subscription' ? '/graphql/stream' : '/graphql';
    const target = `${path}?${search()}`.slice(0, 14_000);
    const content = random.chance(0.3) ? Buffer.from(jsonObject(membersOf(operation))) : Buffer.alloc(0);
    const method = random.chance(0.85) ? 'GET' : random.pick(['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']);
    const headers = random.chance(0.7) ? [JSON_TYPE] : [];
    return request(`by ${method}: ${name}`, caller, { method, target, headers, content });
  }

  private framing(operation: WrittenOperation, caller: Caller, random: Random): FuzzedRequest {
    const framing = random.pick(this.framings);
    const content = Buffer.from(jsonObject(membersOf(operation)));
    return request(`framing: ${framing}`, caller, { headers: [JSON_TYPE], content, framing });
  }

  private batch(operation: WrittenOperation, caller: Caller, random: Random): FuzzedRequest {
    const body = jsonObject(membersOf(operation));
    const count = random.pick([0, 1, 2, 10, 1_000]);
    const some = Math.min(count, Math.floor(90_000 / body.length));
    return post('batch', caller, random, `[${Array(some).fill(body).join(',')}]`);
  }
}

const persisted = (hash: string): Member => ['extensions', `{"persistedQuery":{"version":1,"sha256Hash":"${hash}"}}`];

function spliced(text: string, random: Random, bytes: readonly number[]): Buffer {
  const whole = Buffer.from(text);
  const at = random.below(whole.length);
  return Buffer.concat([whole.subarray(0, at), Buffer.from(bytes), whole.subarray(at)]);
}

/** A body by POST; now and then to the door of the event streams, which answers and ends. */
function post(operation: string, caller: Caller, random: Random, body: string): FuzzedRequest {
  const target = random.chance(0.1) && !body.includes('subscription') ? '/graphql/stream' : '/graphql';
  return request(operation, caller, { target, headers: [JSON_TYPE], content: Buffer.from(body) });
}

function request(
  operation: string,
  caller: Caller,
  parts: { method?: string; target?: string; headers: readonly Header[]; content: Buffer; framing?: Framing },
): FuzzedRequest {
  const { method = 'POST', target = '/graphql', content, framing = 'length' } = parts;
  const headers = [...authorizationOf(caller), ...parts.headers];
  const whole = written({ method, target, headers, content, framing });
  return { operation, ...whole, broken: whole.broken || content.length > MOST_WAITED_FOR };
}
