/** Texts that would change, widen or break a statement that they were pasted into. */
export const payloads: readonly string[] = [
  `'`,
  `"`,
  `' or '1'='1`,
  `1 or 1=1`,
  `1; drop table products; --`,
  `'); delete from users; --`,
  `' union select null, version() --`,
  `1' and pg_sleep(5) is null --`,
  `$1`,
  `?`,
  `??`,
  `:name ::int`,
  `$$ select 1 $$`,
  `\\' or 1=1 --`,
  `/* comment */ -- `,
  `%`,
  `_`,
  `\\`,
  `%' escape '_`,
  `{1,2}`,
  `a' & b:* | !c <-> ('`,
  `\u02bc or 1=1`, // a letter that some databases turn into an apostrophe
  `\0`,
  `x\0' or 1=1`,
  `\ud800`,
  `${'a'.repeat(300)}'`,
  `'`.repeat(5_000),
];

/** Those that a text of a record can be: neither too long, nor what nothing can keep. */
export const storablePayloads = payloads.filter(
  (text) => text.length <= 64 && !text.includes('\0') && text.isWellFormed() && text.trim() === text,
);
