import { isAdmin } from '@shop/shared/auth/caller';
import { numericId } from '@shop/shared/graphql/identifiers';
import type { AuthContext } from './loaders.js';
import { toUserType } from './to-user-type.js';
import type { UserType } from './user.type.js';

/** The user of a key, for the user and for administrators; to everybody else there is none. */
export async function resolveUser({ id }: Record<string, unknown>, context: AuthContext): Promise<UserType | null> {
  const userId = numericId(id);
  if (userId === null || !(isAdmin(context.caller) || context.caller?.userId === String(userId))) return null;
  const user = await context.loaders.users.load(userId);
  return user && toUserType(user);
}
