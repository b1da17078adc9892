import { isAdministrator } from '@shop/shared/graphql/rules';

/** The log is for administrators alone, whichever way it is reached. */
export const permissions = {
  Query: { logs: isAdministrator },
  LogEntry: isAdministrator,
  LogEntryEdge: isAdministrator,
  LogEntryConnection: isAdministrator,
};
