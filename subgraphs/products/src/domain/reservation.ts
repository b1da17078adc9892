/** What an order wants of one product. */
export interface Wanted {
  readonly productId: number;
  readonly quantity: number;
}

/** A product that can't give what an order wants; one that is missing or deleted has 0 available. */
export interface Shortage {
  readonly productId: number;
  readonly requested: number;
  readonly available: number;
}

/**
 * What products knows of an order's stock. `open`: nothing was decided yet. `cancelled`: nothing is held, and nothing
 * ever will be, whether the cancellation came after the request or, as a tombstone, before it.
 */
export type Reservation =
  | { readonly state: 'open' }
  | { readonly state: 'reserved'; readonly items: readonly Wanted[] }
  | { readonly state: 'failed'; readonly shortages: readonly Shortage[] }
  | { readonly state: 'cancelled' };

/** Whether a request for stock is to be worked on. One that was decided, or whose order is cancelled, is not. */
export function shouldReserve(reservation: Reservation): boolean {
  switch (reservation.state) {
    case 'open':
      return true;
    // The answer was committed with the decision, and its outbox row brings it to the broker for certain: a second
    // request, or a dead letter replayed months later, has nobody who waits for it.
    case 'reserved':
    case 'failed':
    case 'cancelled':
      return false;
  }
}

/** All or nothing: what an order wants, one line a product in ascending id, against what there is. */
export function decideRequest(
  wanted: readonly Wanted[],
  stock: ReadonlyMap<number, number>,
): Extract<Reservation, { state: 'reserved' | 'failed' }> {
  const items = byProduct(wanted);
  const shortages = items
    .map(({ productId, quantity }) => ({ productId, requested: quantity, available: stock.get(productId) ?? 0 }))
    .filter(({ requested, available }) => available < requested);
  return shortages.length > 0 ? { state: 'failed', shortages } : { state: 'reserved', items };
}

/** What a cancellation gives back. */
export function decideCancellation(reservation: Reservation): readonly Wanted[] {
  switch (reservation.state) {
    case 'reserved':
      return reservation.items;
    case 'open':
    case 'failed':
    case 'cancelled':
      return [];
  }
}

/** One line a product, in ascending id: the order in which rows are locked, everywhere. */
export function byProduct(wanted: readonly Wanted[]): Wanted[] {
  const quantities = new Map<number, number>();
  for (const { productId, quantity } of wanted) quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  return [...quantities]
    .map(([productId, quantity]) => ({ productId, quantity }))
    .sort((a, b) => a.productId - b.productId);
}
