import { isUuid, requiredId } from '@shop/shared/graphql/identifiers';

/** An order's id or uuid. BAD_USER_INPUT for what is neither. */
export function orderReference(id: string, field: string): number | string {
  return isUuid(id) ? id.toLowerCase() : requiredId(id, field);
}
