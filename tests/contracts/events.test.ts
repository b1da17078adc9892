import { z } from 'zod';
import * as logEvents from '@shop/shared/contracts/log-events';
import * as orderEvents from '@shop/shared/contracts/order-events';
import * as paymentEvents from '@shop/shared/contracts/payment-events';
import * as productEvents from '@shop/shared/contracts/product-events';
import * as stockEvents from '@shop/shared/contracts/stock-events';
import type { EventDefinition } from '@shop/shared/messaging/define-event';
import { expectCommitted } from './committed.js';

const modules = [orderEvents, stockEvents, paymentEvents, productEvents, logEvents];

/** Whatever the contracts define, alone or in a group. */
function eventsIn(value: unknown): EventDefinition<unknown>[] {
  if (typeof value !== 'object' || value === null || value instanceof z.ZodType) return [];
  if ('exchange' in value && 'key' in value && 'body' in value) return [value as EventDefinition<unknown>];
  return Object.values(value).flatMap(eventsIn);
}

it('the bodies of all events are written down as JSON schemas, to be compared with those of another version', async () => {
  const events = modules.flatMap((module) => Object.values(module).flatMap(eventsIn));
  const schemas = new Map(events.map(({ key, body }) => [key, z.toJSONSchema(body, { io: 'input' })]));
  expect(schemas.size).toBeGreaterThan(14);
  await expectCommitted('docs/contracts/events.json', Object.fromEntries([...schemas].toSorted()));
});
