import { connection, pageRequest } from '@shop/shared/graphql/connection';
import { badInput } from '@shop/shared/errors/app-error';
import { isStorable } from '@shop/shared/text/storable';
import { Arg, Int, Query, Resolver } from 'type-graphql';
import { LogEntryConnection, LogEntryType, LogFilter, toLogEntryType } from './log-entry.type.js';
import { type EntryStore, isPosition, positionOf } from '../persistence/entry.store.js';

const DEFAULT_FIRST = 50;
const LONGEST = 1_000;

@Resolver(() => LogEntryType)
export class LogEntryResolver {
  constructor(private readonly entries: EntryStore) {}

  @Query(() => LogEntryConnection, { nullable: true, description: 'Log entries, newest first; for admins' })
  async logs(
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Arg('filter', () => LogFilter, { nullable: true }) filter: LogFilter | null | undefined,
  ) {
    const request = pageRequest(first ?? DEFAULT_FIRST, after, isPosition);
    checkTexts(filter ?? {});
    return connection(await this.entries.page(filter ?? {}, request), request, toLogEntryType, positionOf);
  }
}

function checkTexts({ service, traceId, search }: LogFilter): void {
  for (const [field, text] of Object.entries({ service, traceId, search })) {
    if (!text) continue;
    if (!isStorable(text)) throw badInput(`${field} holds characters that no entry has`, field);
    if (text.length > LONGEST) throw badInput(`${field} must be at most ${LONGEST} characters`, field);
  }
}
