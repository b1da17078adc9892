import { badInput } from '@shop/shared/errors/app-error';
import { isStorable } from '@shop/shared/text/storable';

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
const MAX_EMAIL = 254;
const USERNAME = /^[A-Za-z0-9]{3,40}$/;

/** Checks a registration. Emails are stored in lower case. Throws BAD_USER_INPUT with the field at fault. */
export function registration(input: Registration): Registration {
  return {
    email: emailAddress(input.email),
    username: username(input.username),
    password: newPassword(input.password),
  };
}

function emailAddress(text: string): string {
  const email = text.trim().toLowerCase();
  if (email.length > MAX_EMAIL || !EMAIL.test(email)) throw badInput('email must be an email address', 'email');
  return email;
}

function username(text: string): string {
  if (!USERNAME.test(text)) throw badInput('username must be 3 to 40 letters and digits', 'username');
  return text;
}

/** A password of 8 to 128 characters, whatever they are as long as they are some. Throws BAD_USER_INPUT with the given field. */
export function newPassword(text: string, field = 'password'): string {
  const length = [...text].length;
  if (length < 8 || length > 128 || !isStorable(text)) throw badInput('password must be 8 to 128 characters', field);
  return text;
}

/** What a user signs in by: an email or a username, in the form in which it is looked up. Null: nobody can have it. */
export function loginKey(login: string): { email: string } | { username: string } | null {
  const text = login.trim();
  if (text.length <= MAX_EMAIL && EMAIL.test(text.toLowerCase())) return { email: text.toLowerCase() };
  return USERNAME.test(text) ? { username: text.toLowerCase() } : null;
}
