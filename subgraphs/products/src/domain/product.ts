import { badInput } from '@shop/shared/errors/app-error';
import { MAX_AMOUNT } from '@shop/shared/money/amount';
import { isStorable } from '@shop/shared/text/storable';

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
export const MAX_NAME = 200;
const MAX_DESCRIPTION = 5_000;
const MAX_AT_ONCE = 1_000;

/** Checks new products: at least one. Throws BAD_USER_INPUT with the field, such as `input.2.price`. */
export function checkDrafts(drafts: readonly ProductDraft[]): void {
  if (drafts.length === 0) throw badInput('there must be at least one product', 'input');
  if (drafts.length > MAX_AT_ONCE) throw badInput(`at most ${MAX_AT_ONCE} products at once`, 'input');
  drafts.forEach((draft, index) => checkFields(draft, `input.${index}.`));
}

/** Checks a change. Throws BAD_USER_INPUT with the field, such as `patch.price`. */
export function checkPatch(patch: ProductPatch): void {
  for (const field of ['name', 'price', 'stock'] as const) {
    if (patch[field] === null) throw badInput(`${field} can't be removed`, `patch.${field}`);
  }
  checkFields(patch, 'patch.');
}

function checkFields({ name, description, price, stock }: ProductPatch, path: string): void {
  if (typeof name === 'string' && !isText(name, 1, MAX_NAME))
    throw badInput(`name must be 1 to ${MAX_NAME} characters`, `${path}name`);
  if (typeof description === 'string' && !isText(description, 0, MAX_DESCRIPTION))
    throw badInput(`description must be at most ${MAX_DESCRIPTION} characters`, `${path}description`);
  if (typeof price === 'number' && !isWhole(price, 1, MAX_AMOUNT))
    throw badInput(`price must be a whole number from 1 to ${MAX_AMOUNT}`, `${path}price`);
  if (typeof stock === 'number' && !isWhole(stock, 0, MAX_STOCK))
    throw badInput(`stock must be a whole number from 0 to ${MAX_STOCK}`, `${path}stock`);
}

function isText(text: string, least: number, most: number): boolean {
  const length = [...text.trim()].length;
  return length >= least && [...text].length <= most && isStorable(text);
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}
