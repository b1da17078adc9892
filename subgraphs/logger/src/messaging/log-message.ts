import { defineEvent } from '@shop/shared/messaging/define-event';
import { z } from 'zod';
import { receivedLevel, receivedTime } from '../received-entry.js';

/**
 * Any log event, of whatever key. More is taken than services publish: levels as other loggers call them, and texts that
 * nothing can keep as they are, so that no entry is lost for those.
 */
export const logMessage = defineEvent(
  'logs_exchange',
  '#',
  z
    .object({
      level: receivedLevel,
      service: z.string(),
      message: z.string(),
      time: receivedTime,
      trace_id: z.string().nullish(),
      fields: z.record(z.string(), z.unknown()).nullish(),
    })
    .transform(({ trace_id: traceId, ...entry }) => ({ ...entry, traceId })),
);
