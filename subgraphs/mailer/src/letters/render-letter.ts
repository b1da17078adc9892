import { letterHtml } from './letter-html.js';
import { letterText } from './letter-text.js';
import type { Letter, RenderedLetter } from './letter.js';

/** Both forms of a letter. */
export function renderLetter(letter: Letter): RenderedLetter {
  return { subject: letter.subject, text: letterText(letter), html: letterHtml(letter) };
}
