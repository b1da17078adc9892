import { requireCaller } from '@shop/shared/auth/caller';
import { type Connection, connection, DEFAULT_FIRST, pageRequest } from '@shop/shared/graphql/connection';
import { requiredId } from '@shop/shared/graphql/identifiers';
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { AuthContext } from './loaders.js';
import { toUserType } from './to-user-type.js';
import { RoleEnum, UserConnection, UserType } from './user.type.js';
import type { Role, User } from '../domain/user.js';
import type { AccountUseCases } from '../use-cases/account-use-cases.js';

@Resolver(() => UserType)
export class UserResolver {
  constructor(private readonly accounts: AccountUseCases) {}

  @Query(() => UserType, { nullable: true })
  async me(@Ctx() context: AuthContext): Promise<UserType | null> {
    const user = await context.loaders.users.load(Number(requireCaller(context.caller).userId));
    return user?.active ? toUserType(user) : null;
  }

  @Query(() => UserConnection, { nullable: true, description: 'Newest first. For administrators.' })
  async users(
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_FIRST }) first: number | null,
    @Arg('after', () => String, { nullable: true }) after?: string | null,
  ): Promise<Connection<UserType>> {
    const request = pageRequest(first, after, isId);
    const rows = await this.accounts.users.page(request);
    return connection(rows, request, toUserType, (user: User) => user.id);
  }

  @Mutation(() => UserType, { description: "For administrators. Ends the user's sessions." })
  async setUserRole(
    @Arg('userId', () => ID) userId: string,
    @Arg('role', () => RoleEnum) role: Role,
    @Ctx() { caller }: AuthContext,
  ): Promise<UserType> {
    const change = { caller, userId: requiredId(userId, 'userId'), now: new Date() };
    return toUserType(await this.accounts.administerUser.setRole(change, role));
  }

  @Mutation(() => UserType, { description: "For administrators. Ends the user's sessions." })
  async deactivateUser(@Arg('userId', () => ID) userId: string, @Ctx() { caller }: AuthContext): Promise<UserType> {
    const change = { caller, userId: requiredId(userId, 'userId'), now: new Date() };
    return toUserType(await this.accounts.administerUser.deactivate(change));
  }
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value);
