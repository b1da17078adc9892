/**
 * Whether a text that a client sent can be kept as it is: neither NUL, which PostgreSQL's text can't hold, nor half a
 * surrogate pair, which is no character, and which JSON and UTF-8 carry on as something else or not at all.
 */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
