import type { TokenVerifier } from '@shop/shared/auth/token-verifier';
import { requiredCallerOf } from '@shop/shared/http/identity';
import { boundedText } from '@shop/shared/http/body-fields';
import {
  errorBody,
  errors,
  needsToken,
  retryAfter,
  withHeaders,
  type ZodTypeProvider,
} from '@shop/shared/http/openapi';
import type { Door } from '@shop/shared/http/web-server';
import { z } from 'zod';
import { emailRule, isEmail, MAX_EMAIL, passwordBounds, USERNAME, usernameRule } from '../domain/account-rules.js';
import type { AccountUseCases } from '../use-cases/account-use-cases.js';

const registerBody = z
  .object({
    email: z.string().refine(isEmail, emailRule).meta({ format: 'email', maxLength: MAX_EMAIL }),
    username: z.string().regex(USERNAME, usernameRule),
    password: boundedText(passwordBounds),
  })
  .meta({ examples: [{ email: 'linh@example.com', username: 'linh', password: 'a long passphrase' }] });
/** Nobody is told what a login can not be: what nobody has is 401, like any other that is wrong. */
const loginBody = z
  .object({ login: z.string().describe('Email or username'), password: z.string() })
  .meta({ examples: [{ login: 'linh', password: 'a long passphrase' }] });
const user = z.object({ id: z.int().min(1), email: z.string(), username: z.string() });
const signedIn = user.extend({
  token: z.string().describe('For the Authorization header, behind the word Bearer'),
  refresh_token: z.string(),
  expires_in: z.int().min(1).describe('Seconds until the token is of no more use'),
});
const profile = z.object({ user_id: z.int().min(1) });

/** The REST contract's routes of auth. */
export function authRoutes(accounts: AccountUseCases, verifier: TokenVerifier): Door {
  return (untyped) => {
    const app = untyped.withTypeProvider<ZodTypeProvider>();

    app.post(
      '/auth/register',
      {
        schema: {
          operationId: 'register',
          summary: 'Register',
          body: registerBody,
          response: {
            201: user.describe('The user'),
            400: errorBody.describe('Bad payload, or the email or the username is already in use'),
            429: withHeaders(errorBody.describe('Too many registrations wait'), retryAfter),
          },
        },
      },
      async (request, reply) => {
        const { id, email, username } = await accounts.register.run(request.body, request.ip, new Date());
        return reply.status(201).send({ id, email, username });
      },
    );

    app.post(
      '/auth/login',
      {
        schema: {
          operationId: 'logIn',
          summary: 'Sign in',
          body: loginBody,
          response: {
            200: signedIn.describe('A token, and whose it is'),
            401: errorBody.describe('Unknown login, or wrong password'),
            429: withHeaders(errorBody.describe('Too many tries'), retryAfter),
            ...errors(400),
          },
        },
      },
      async (request) => {
        const { login, password } = request.body;
        const credentials = await accounts.logIn.run(login, password, request.ip, new Date());
        const { id, email, username } = credentials.user;
        const { token, refreshToken, expiresIn } = credentials;
        return { token, id, email, username, refresh_token: refreshToken, expires_in: expiresIn };
      },
    );

    app.get(
      '/api/profile',
      {
        schema: {
          operationId: 'showProfile',
          summary: 'Who calls',
          security: needsToken,
          response: { 200: profile.describe('Whose token it is'), ...errors(401) },
        },
      },
      async (request) => ({ user_id: Number((await requiredCallerOf(request, verifier)).userId) }),
    );
  };
}
