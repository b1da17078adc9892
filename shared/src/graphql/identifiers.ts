/** A GraphQL id as the REST id it stands for: a whole number from 1 to 2^53-1. Null for anything else. */
export function numericId(id: string): number | null {
  if (!/^[1-9]\d{0,15}$/.test(id)) return null;
  const value = Number(id);
  return Number.isSafeInteger(value) ? value : null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether an id is a uuid (RFC 9562, section 4). */
export const isUuid = (id: string): boolean => UUID.test(id);
