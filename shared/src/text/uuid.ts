const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is a uuid (RFC 9562, section 4). */
export const isUuid = (id: unknown): id is string => typeof id === 'string' && UUID.test(id);
