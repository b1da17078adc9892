import type { DocumentNode, Token } from 'graphql';

/** In memory, a character of a document's text, and a token with its share of the tree; a comment, which has none, takes less. */
const BYTES_OF_CHARACTER = 2;
const BYTES_OF_TOKEN = 500;

/** What the parser read a document from, token by token: comments too, which stand nowhere else, and are kept with it. */
export function* tokensOf({ loc }: DocumentNode): Generator<Token> {
  for (let token = loc?.startToken ?? null; token; token = token.next) yield token;
}

/** What a parsed document holds, in bytes, rather too much than too little. */
export function bytesOfDocument(document: DocumentNode): number {
  let bytes = BYTES_OF_CHARACTER * (document.loc?.source.body.length ?? 0);
  for (const _token of tokensOf(document)) bytes += BYTES_OF_TOKEN;
  return bytes;
}
