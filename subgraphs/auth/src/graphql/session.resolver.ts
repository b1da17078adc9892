import { requireCaller } from '@shop/shared/auth/caller';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { AuthContext } from './loaders.js';
import { toUserType } from './to-user-type.js';
import { AuthPayloadType, RegisterInput } from './user.type.js';
import type { AccountUseCases } from '../use-cases/account-use-cases.js';
import type { Credentials } from '../use-cases/issue-credentials.js';

/** Coming in, going on and going out. */
@Resolver()
export class SessionResolver {
  constructor(private readonly accounts: AccountUseCases) {}

  @Mutation(() => AuthPayloadType)
  async register(
    @Arg('input', () => RegisterInput) input: RegisterInput,
    @Ctx() context: AuthContext,
  ): Promise<AuthPayloadType> {
    return payload(await this.accounts.register.andSignIn(input, addressOf(context), new Date()));
  }

  @Mutation(() => AuthPayloadType)
  async login(
    @Arg('login', () => String) login: string,
    @Arg('password', () => String) password: string,
    @Ctx() context: AuthContext,
  ): Promise<AuthPayloadType> {
    return payload(await this.accounts.logIn.run(login, password, addressOf(context), new Date()));
  }

  @Mutation(() => AuthPayloadType, {
    description: 'Rotates the refresh token. One that was used before ends the whole session.',
  })
  async refreshToken(
    @Arg('refreshToken', () => String) refreshToken: string,
    @Ctx() context: AuthContext,
  ): Promise<AuthPayloadType> {
    return payload(await this.accounts.refreshSession.run(refreshToken, addressOf(context), new Date()));
  }

  @Mutation(() => Boolean)
  async logout(@Ctx() context: AuthContext): Promise<boolean> {
    await this.accounts.logOut.run(requireCaller(context.caller));
    return true;
  }

  @Mutation(() => AuthPayloadType, { description: 'Ends all other sessions.' })
  async changePassword(
    @Arg('current', () => String) current: string,
    @Arg('new', () => String) next: string,
    @Ctx() context: AuthContext,
  ): Promise<AuthPayloadType> {
    const caller = requireCaller(context.caller);
    return payload(await this.accounts.changePassword.run(caller, current, next, addressOf(context), new Date()));
  }
}

const addressOf = (context: AuthContext) => context.clientAddress ?? 'unknown';

function payload({ user, ...credentials }: Credentials): AuthPayloadType {
  return { ...credentials, user: toUserType(user) };
}
