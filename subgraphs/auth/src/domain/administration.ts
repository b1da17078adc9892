import { conflict, forbidden, unauthenticated } from '@shop/shared/errors/app-error';
import type { Session } from './session.js';
import type { User } from './user.js';

/**
 * Checks that a user may administer others now, whatever their token says: since it was looked at another administrator
 * may have been faster. Throws UNAUTHENTICATED when they were deactivated or their session has ended, FORBIDDEN when they
 * are no administrator.
 */
export function checkAdministrator(user: User | undefined, session: Session | null): void {
  if (!user?.active || !session || session.endedAt) throw unauthenticated('invalid token');
  if (user.role !== 'ADMIN') throw forbidden();
}

/** Checks that somebody can still administer the shop once these users are as they shall be. Throws CONFLICT. */
export function checkSomebodyAdministers(users: readonly User[]): void {
  if (!users.some(isAdministrator)) throw conflict('the shop needs an administrator: this is the last one');
}

const isAdministrator = ({ active, role }: User): boolean => active && role === 'ADMIN';
