import { badInput } from '@shop/shared/errors/app-error';
import { MAX_AMOUNT } from '@shop/shared/money/amount';
import { faultOfText, type TextBounds } from '@shop/shared/text/bounded-text';

/** A product, deleted ones included. */
export interface Product {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  /** Minor units of the shop's currency. */
  readonly price: number;
  /** What can still be reserved. */
  readonly stock: number;
  /** 1 at first, one more at each change, stock included. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deleted: boolean;
}

/** What an administrator says of a new product. */
export interface ProductDraft {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly price: number;
  readonly stock: number;
}

/** What an administrator changes; what is absent stays. */
export interface ProductPatch {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly price?: number | null | undefined;
  readonly stock?: number | null | undefined;
}

export const MAX_STOCK = 2_147_483_647;
export const nameBounds: TextBounds = { name: 'name', least: 1, most: 200, blanksCount: false };
const descriptionBounds: TextBounds = { name: 'description', least: 0, most: 5_000 };
/** Of what is searched: nothing longer can be found. */
export const searchBounds: TextBounds = { ...descriptionBounds, name: 'search' };
export const priceBounds = wholeNumber('price', 1, MAX_AMOUNT);
export const stockBounds = wholeNumber('stock', 0, MAX_STOCK);
export const removalRule = (field: string) => `${field} can't be removed`;
export const MAX_AT_ONCE = 1_000;
export const atLeastOneRule = 'there must be at least one product';
export const atMostRule = `at most ${MAX_AT_ONCE} products at once`;

/** Checks new products: at least one. Throws BAD_USER_INPUT with the field, such as `input.2.price`. */
export function checkDrafts(drafts: readonly ProductDraft[]): void {
  if (drafts.length === 0) throw badInput(atLeastOneRule, 'input');
  if (drafts.length > MAX_AT_ONCE) throw badInput(atMostRule, 'input');
  drafts.forEach((draft, index) => checkFields(draft, `input.${index}.`));
}

/** Checks a change. Throws BAD_USER_INPUT with the field, such as `patch.price`. */
export function checkPatch(patch: ProductPatch): void {
  checkFields(patch, 'patch.');
}

function checkFields({ name, description, price, stock }: ProductPatch, path: string): void {
  const faults = {
    name: name === null ? removalRule('name') : name === undefined ? null : faultOfText(name, nameBounds),
    description: typeof description === 'string' ? faultOfText(description, descriptionBounds) : null,
    price: price === null ? removalRule('price') : price === undefined ? null : faultOfNumber(price, priceBounds),
    stock: stock === null ? removalRule('stock') : stock === undefined ? null : faultOfNumber(stock, stockBounds),
  };
  for (const [field, fault] of Object.entries(faults)) if (fault) throw badInput(fault, `${path}${field}`);
}

type WholeNumber = ReturnType<typeof wholeNumber>;

function wholeNumber(name: string, least: number, most: number) {
  return { least, most, rule: `${name} must be a whole number from ${least} to ${most}` };
}

function faultOfNumber(value: number, { least, most, rule }: WholeNumber): string | null {
  return Number.isSafeInteger(value) && value >= least && value <= most ? null : rule;
}
