import { Transactions } from '@shop/shared/delivery/transactions';
import type { Database } from '@shop/shared/persistence/database';
import type { RateLimits } from '@shop/shared/rate-limits/rate-limits';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import { AdministerUser } from './administer-user.js';
import { ChangePassword } from './change-password.js';
import { IssueCredentials } from './issue-credentials.js';
import { LogIn } from './log-in.js';
import { LogOut } from './log-out.js';
import { RefreshSession } from './refresh-session.js';
import { Register } from './register.js';
import { TellEndedSessions } from './tell-ended-sessions.js';
import { Tries } from './tries.js';
import { PasswordWork } from '../passwords/password-work.js';
import { KnownAddressStore } from '../persistence/known-address.store.js';
import { SessionStore } from '../persistence/session.store.js';
import { UserStore } from '../persistence/user.store.js';
import type { AccessTokens } from '../tokens/access-tokens.js';

interface AccountOptions {
  readonly database: Database;
  readonly telemetry: Telemetry;
  readonly accessTokens: AccessTokens;
  readonly refreshLifetimeSeconds: number;
  readonly rateLimits: RateLimits;
  /** Tries a minute, from one address and at one account. */
  readonly loginRateLimit: number;
}

/** What both doors offer. */
export interface AccountUseCases {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly register: Register;
  readonly logIn: LogIn;
  readonly refreshSession: RefreshSession;
  readonly logOut: LogOut;
  readonly changePassword: ChangePassword;
  readonly administerUser: AdministerUser;
  readonly tellEndedSessions: TellEndedSessions;
}

export function createAccountUseCases(options: AccountOptions): AccountUseCases {
  const transactions = new Transactions(options.database, options.telemetry);
  const users = new UserStore(options.database);
  const sessions = new SessionStore(options.database);
  const credentials = new IssueCredentials(sessions, options.accessTokens, options.refreshLifetimeSeconds);
  const tries = new Tries(options.rateLimits, new KnownAddressStore(options.database), options.loginRateLimit);
  const passwords = new PasswordWork();
  return {
    users,
    sessions,
    register: new Register(transactions, users, credentials, passwords),
    logIn: new LogIn(transactions, users, credentials, tries, passwords),
    refreshSession: new RefreshSession(transactions, users, sessions, credentials, tries),
    logOut: new LogOut(transactions, sessions),
    changePassword: new ChangePassword(transactions, users, sessions, credentials, tries, passwords),
    administerUser: new AdministerUser(transactions, users, sessions),
    tellEndedSessions: new TellEndedSessions(sessions, options.accessTokens.lifetimeSeconds),
  };
}
