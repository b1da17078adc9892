import { requireCaller } from '@shop/shared/auth/caller';
import { notFound } from '@shop/shared/errors/app-error';
import { type Connection, connection, pageRequest } from '@shop/shared/graphql/connection';
import { numericId } from '@shop/shared/graphql/identifiers';
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
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number,
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
  ): Promise<UserType> {
    return toUserType(await this.accounts.administerUser.setRole(existing(userId), role, new Date()));
  }

  @Mutation(() => UserType, { description: "For administrators. Ends the user's sessions." })
  async deactivateUser(@Arg('userId', () => ID) userId: string): Promise<UserType> {
    return toUserType(await this.accounts.administerUser.deactivate(existing(userId), new Date()));
  }
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value);

/** An id that can't be one names nobody. */
function existing(id: string): number {
  const userId = numericId(id);
  if (userId === null) throw notFound('user not found');
  return userId;
}
