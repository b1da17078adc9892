import { badInput } from '@shop/shared/errors/app-error';
import { isUuid, numericId } from '@shop/shared/graphql/identifiers';

/** An order's id or uuid. BAD_USER_INPUT for what is neither. */
export function orderReference(id: string, field: string): number | string {
  if (isUuid(id)) return id.toLowerCase();
  const numeric = numericId(id);
  if (numeric === null) throw badInput('invalid id', field);
  return numeric;
}

/** A numeric id. BAD_USER_INPUT for anything else. */
export function requiredId(id: string, field: string): number {
  const numeric = numericId(id);
  if (numeric === null) throw badInput('invalid id', field);
  return numeric;
}
