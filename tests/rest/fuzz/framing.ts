import fc from 'fast-check';
import type { Header } from './headers.js';

/** How the end of a body is told, and lies about it. */
export type Framing =
  'length' | 'chunked' | 'too long' | 'too short' | 'both' | 'bad chunk' | 'negative' | 'two lengths';
export const framings = fc.constantFrom<Framing>(
  'chunked',
  'too long',
  'too short',
  'both',
  'bad chunk',
  'negative',
  'two lengths',
);

export function framingHeaders(framing: Framing, { length }: Buffer): readonly Header[] {
  switch (framing) {
    case 'length':
      return length > 0 ? [['Content-Length', String(length)]] : [];
    case 'chunked':
    case 'bad chunk':
      return [['Transfer-Encoding', 'chunked']];
    case 'too long':
      return [['Content-Length', String(length + 10)]];
    case 'too short':
      return [['Content-Length', String(Math.floor(length / 2))]];
    case 'both':
      return [
        ['Content-Length', String(length)],
        ['Transfer-Encoding', 'chunked'],
      ];
    case 'negative':
      return [['Content-Length', '-1']];
    case 'two lengths':
      return [
        ['Content-Length', String(length)],
        ['Content-Length', String(length + 1)],
      ];
  }
}

export function framed(framing: Framing, content: Buffer): Buffer {
  const chunk =
    content.length > 0 ? [Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')] : [];
  if (framing === 'chunked' || framing === 'both') return Buffer.concat([...chunk, Buffer.from('0\r\n\r\n')]);
  return framing === 'bad chunk' ? Buffer.concat([Buffer.from('zz\r\n'), content]) : content;
}
