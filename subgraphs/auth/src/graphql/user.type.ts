import { connectionType } from '@shop/shared/graphql/connection';
import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Role } from '../domain/user.js';

export const RoleEnum = { CUSTOMER: 'CUSTOMER', ADMIN: 'ADMIN' } as const satisfies Record<Role, Role>;
registerEnumType(RoleEnum, { name: 'Role' });

@ObjectType('User', { description: 'Somebody who has registered. Seen by themselves and by administrators only.' })
@Directive('@key(fields: "id")')
export class UserType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  email!: string;

  @Field(() => String)
  username!: string;

  @Field(() => RoleEnum)
  role!: Role;

  @Field(() => Date)
  createdAt!: Date;
}

export const UserConnection = connectionType(UserType, 'User');

@ObjectType('AuthPayload')
export class AuthPayloadType {
  @Field(() => String, { description: 'The access token: `Authorization: Bearer <token>`.' })
  token!: string;

  @Field(() => String, { description: 'Good once, for the next pair of tokens.' })
  refreshToken!: string;

  @Field(() => Int, { description: 'Seconds until the access token expires.' })
  expiresIn!: number;

  @Field(() => UserType)
  user!: UserType;
}

@InputType('RegisterInput')
export class RegisterInput {
  @Field(() => String)
  email!: string;

  @Field(() => String, { description: 'Letters and digits, 3 to 40.' })
  username!: string;

  @Field(() => String, { description: '8 to 128 characters.' })
  password!: string;
}
