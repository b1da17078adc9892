import { z } from 'zod';
import { faultOfText, type TextBounds } from '../text/bounded-text.js';

/** A text of a body or a header, within the domain's bounds and in its words, which `ifNull` are some of. */
export const boundedText = (bounds: TextBounds, ifNull?: string) =>
  z
    .string({ error: ({ input }) => (input === null ? ifNull : undefined) })
    .refine((text) => faultOfText(text, bounds) === null, {
      error: ({ input }) => faultOfText(String(input), bounds) ?? undefined,
    })
    // zod would count UTF-16 units; JSON Schema counts characters, as the domain does.
    .meta({ ...(bounds.least > 0 && { minLength: bounds.least }), maxLength: bounds.most });

/** Which whole numbers something may be, and the sentence that says so. */
export interface NumberBounds {
  readonly least: number;
  readonly most: number;
  readonly rule: string;
}

/** A whole number of a body, within the domain's bounds and in its words, which `ifNull` are some of. */
export const wholeNumber = ({ least, most, rule }: NumberBounds, ifNull?: string) =>
  z
    .int({ error: ({ input }) => (typeof input === 'number' ? rule : input === null ? ifNull : undefined) })
    .min(least, rule)
    .max(most, rule);
