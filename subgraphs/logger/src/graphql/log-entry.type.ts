import { connectionType } from '@shop/shared/graphql/connection';
import { Json } from '@shop/shared/graphql/scalars';
import { Directive, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { Level } from '../domain/level.js';
import type { StoredEntry } from '../persistence/entry.store.js';

/** The levels' names in the graph, and what they are here. */
export const LogLevel = { DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const satisfies Record<
  string,
  Level
>;
registerEnumType(LogLevel, { name: 'LogLevel' });

@ObjectType('LogEntry')
@Directive('@key(fields: "id")')
export class LogEntryType {
  @Field(() => ID)
  id!: string;

  @Field(() => Date)
  timestamp!: Date;

  @Field(() => LogLevel)
  level!: Level;

  @Field(() => String)
  service!: string;

  @Field(() => String)
  message!: string;

  @Field(() => String, { nullable: true })
  traceId!: string | null;

  @Field(() => Json, { nullable: true })
  fields!: unknown;
}

export const LogEntryConnection = connectionType(LogEntryType, 'LogEntry');

@InputType('LogFilter', { description: 'All that is given has to be true of an entry.' })
export class LogFilter {
  @Field(() => String, { nullable: true })
  service?: string | null;

  @Field(() => LogLevel, { nullable: true, description: 'This level, not those above it.' })
  level?: Level | null;

  @Field(() => String, { nullable: true })
  traceId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Words, or beginnings of words, of the message and the field values: each must be there.',
  })
  search?: string | null;

  @Field(() => Date, { nullable: true, description: 'Inclusive.' })
  since?: Date | null;

  @Field(() => Date, { nullable: true, description: 'Exclusive.' })
  until?: Date | null;
}

/** An entry as clients see it. */
export function toLogEntryType({ id, loggedAt, level, service, message, traceId, fields }: StoredEntry): LogEntryType {
  return {
    id: String(id),
    timestamp: loggedAt,
    level,
    service,
    message,
    traceId: traceId ?? null,
    fields: fields ?? null,
  };
}
