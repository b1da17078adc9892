import type { UserType } from './user.type.js';
import type { User } from '../domain/user.js';

/** A user as the graph shows one. */
export function toUserType({ id, email, username, role, createdAt }: User): UserType {
  return { id: String(id), email, username, role, createdAt };
}
