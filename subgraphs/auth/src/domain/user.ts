export type Role = 'CUSTOMER' | 'ADMIN';

/** A user, as everything but the sign-in sees one. */
export interface User {
  readonly id: number;
  readonly email: string;
  readonly username: string;
  readonly role: Role;
  /** A deactivated user cannot sign in and sees nothing. */
  readonly active: boolean;
  readonly createdAt: Date;
}
