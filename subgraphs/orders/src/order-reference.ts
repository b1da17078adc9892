import { badInput } from '@shop/shared/errors/app-error';
import { numericId } from '@shop/shared/graphql/identifiers';
import { isUuid } from '@shop/shared/text/uuid';

/** An order's id or uuid. Null for what is neither. */
export function referenceIn(id: string): number | string | null {
  return isUuid(id) ? id.toLowerCase() : numericId(id);
}

/** An order's id or uuid. BAD_USER_INPUT for what is neither. */
export function orderReference(id: string, field: string): number | string {
  const reference = referenceIn(id);
  if (reference === null) throw badInput('invalid id', field);
  return reference;
}
