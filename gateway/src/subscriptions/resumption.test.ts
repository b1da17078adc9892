import { describe, expect, it } from '@jest/globals';
import { parse, print } from 'graphql';
import { resumptionOf } from './resumption.js';

const same = (text: string) => print(parse(text));

describe('resuming a subscription', () => {
  it('asks for the version and goes on after it', () => {
    const resumption = resumptionOf('subscription S($id: ID) { orderStatusChanged(orderId: $id) { id } }', { id: '7' });
    expect(resumption?.operation).toBe(
      same('subscription S($id: ID) { orderStatusChanged(orderId: $id) { id resume_version: version } }'),
    );
    expect(resumption?.after(4)).toBe(
      same(
        'subscription S($id: ID) { orderStatusChanged(orderId: $id, afterVersion: 4) { id resume_version: version } }',
      ),
    );
    expect(resumption?.versionOf({ orderStatusChanged: { id: '7', resume_version: 3 } })).toBe(3);
  });

  it('replaces where the client began, with the variable that is then of no use', () => {
    const operation = 'subscription ($id: ID, $v: Int) { orderStatusChanged(orderId: $id, afterVersion: $v) { id } }';
    const resumption = resumptionOf(operation, { id: '7', v: 1 });
    expect(resumption?.operation).toContain('afterVersion: $v');
    expect(resumption?.after(4)).toBe(
      same(
        'subscription ($id: ID) { orderStatusChanged(orderId: $id, afterVersion: 4) { id resume_version: version } }',
      ),
    );
  });

  it('keeps a variable that is used elsewhere too', () => {
    const operation =
      'subscription ($v: Int) { orderStatusChanged(orderId: 7, afterVersion: $v) { items(first: $v) { id } } }';
    expect(resumptionOf(operation, { v: 1 })?.after(4)).toContain('$v: Int');
  });

  it('finds the field under another name, within a fragment', () => {
    const operation = 'subscription { ... on Subscription { it: orderStatusChanged(orderId: 7) { version: id } } }';
    const resumption = resumptionOf(operation, {});
    expect(resumption?.after(2)).toContain('it: orderStatusChanged(orderId: 7, afterVersion: 2)');
    expect(resumption?.versionOf({ it: { version: 'x', resume_version: 2 } })).toBe(2);
  });

  it('keeps its fragments, and the variables that are used in them alone', () => {
    const fragment = 'fragment I on OrderItem { id quantity @include(if: $with) }';
    const operation = `subscription ($with: Boolean!) {
      orderStatusChanged(orderId: 7) { a: items { ...I } b: items { ...I } }
    } ${fragment}`;
    const resumption = resumptionOf(operation, { with: true });
    for (const text of [resumption?.operation, resumption?.after(4)]) {
      expect(text).toContain(print(parse(fragment)));
      expect(text).toContain('$with: Boolean!');
      expect(text).toContain('resume_version: version');
    }
  });

  it.each([
    ['it is about all orders', 'subscription { orderStatusChanged { id } }', {}],
    ['the id is null', 'subscription { orderStatusChanged(orderId: null) { id } }', {}],
    ['the id is left out', 'subscription ($id: ID) { orderStatusChanged(orderId: $id) { id } }', {}],
    ['it is another subscription', 'subscription { ticks(orderId: 7) { id } }', {}],
  ])('is not possible when %s', (_why, operation, variables) => expect(resumptionOf(operation, variables)).toBeNull());

  it.each([null, undefined, {}, { orderStatusChanged: null }, { orderStatusChanged: { resume_version: null } }])(
    'finds no version in %j',
    (data) =>
      expect(resumptionOf('subscription { orderStatusChanged(orderId: 7) { id } }', {})?.versionOf(data)).toBeNull(),
  );
});
