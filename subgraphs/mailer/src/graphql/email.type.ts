import { connectionType } from '@shop/shared/graphql/connection';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { StoredEmail } from '../persistence/email.store.js';

@ObjectType('Email')
@Directive('@key(fields: "id")')
export class EmailType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  to!: string;

  @Field(() => String)
  subject!: string;

  @Field(() => Date, { nullable: true, description: 'When a mail server took it; null while none has.' })
  sentAt!: Date | null;
}

export const EmailConnection = connectionType(EmailType, 'Email');

/** An email as clients see it. */
export function toEmailType({ id, to, subject, sentAt }: StoredEmail): EmailType {
  return { id: String(id), to, subject, sentAt };
}
