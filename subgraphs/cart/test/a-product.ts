let lastId = 0;

export interface AProduct {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly stock: number;
  readonly version: number;
}

/** A product that no other test knows, as products announces it. */
export function aProduct(known: Partial<AProduct> = {}): AProduct {
  lastId += 1;
  return { id: lastId, name: `Product ${lastId}`, price: 10_000, stock: 100, version: 1, ...known };
}
