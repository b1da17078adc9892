/** The text as UTF-8 bytes, one character each, so that a head written in Latin-1 bears them as they are. */
export const utf8 = (text: string) => Buffer.from(text).toString('latin1');

/** Whether a character is one that no header may bear (RFC 9110, section 5.5: all but tabs and what can be seen). */
export const isControl = (character: string) => (character < ' ' && character !== '\t') || character === '\x7f';
