/** One mail's words: the one source of its text and of its HTML. Everything in it is plain text, of one line each. */
export interface Letter {
  /** Says what happened; holds nothing that a customer or a shopkeeper wrote. */
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly items: readonly LetterItem[];
  /** Below the items. */
  readonly total: { readonly label: string; readonly amount: string } | null;
  readonly closing: string;
}

export interface LetterItem {
  readonly name: string;
  readonly quantity: number;
  /** What it costs altogether; null where that is not known. */
  readonly amount: string | null;
}

/** A letter in the two forms of a mail (RFC 2046, section 5.1.4: multipart/alternative). */
export interface RenderedLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}
