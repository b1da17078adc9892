import { badInput } from '@shop/shared/errors/app-error';
import { faultOfText, type TextBounds } from '@shop/shared/text/bounded-text';

/** What somebody registers with, checked and in its stored form. */
export interface Registration {
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

/** The HTML standard's "valid email address" (section 4.10.5.1.5), with a dot in the domain. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;
/** RFC 5321, section 4.5.3.1.3: a path of 256 octets, without its angle brackets. */
export const MAX_EMAIL = 254;
export const emailRule = 'email must be an email address';
export const USERNAME = /^[A-Za-z0-9]{3,40}$/;
export const usernameRule = 'username must be 3 to 40 letters and digits';
export const passwordBounds: TextBounds = { name: 'password', least: 8, most: 128, kept: false };

/** Checks a registration. Emails are stored in lower case. Throws BAD_USER_INPUT with the field at fault. */
export function registration(input: Registration): Registration {
  return {
    email: emailAddress(input.email),
    username: username(input.username),
    password: newPassword(input.password),
  };
}

function emailAddress(text: string): string {
  if (!isEmail(text)) throw badInput(emailRule, 'email');
  return stored(text);
}

/** Whether somebody can have this email, in any case, with or without blanks around it. */
export function isEmail(text: string): boolean {
  const email = stored(text);
  return email.length <= MAX_EMAIL && EMAIL.test(email);
}

const stored = (email: string): string => email.trim().toLowerCase();

function username(text: string): string {
  if (!USERNAME.test(text)) throw badInput(usernameRule, 'username');
  return text;
}

/**
 * A password of 8 to 128 characters, any of them: argon2id looks at each of its bytes, at NUL and those behind it too. Half a
 * surrogate pair is no character: what is hashed is UTF-8, which has the same bytes for any of these. Throws BAD_USER_INPUT
 * with the given field.
 */
export function newPassword(text: string, field = 'password'): string {
  const fault = faultOfText(text, passwordBounds);
  if (fault) throw badInput(fault, field);
  return text;
}

/** What a user signs in by: an email or a username, in the form in which it is looked up. Null: nobody can have it. */
export function loginKey(login: string): { email: string } | { username: string } | null {
  if (isEmail(login)) return { email: stored(login) };
  const text = login.trim();
  return USERNAME.test(text) ? { username: text.toLowerCase() } : null;
}
