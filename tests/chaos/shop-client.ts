/** The states of an order as REST and GraphQL both know them, in REST's words. */
export type Status = 'Pending' | 'Paid' | 'Cancelled' | 'Shipped' | 'Delivered';

export interface SeenOrder {
  readonly id: string;
  readonly uuid: string;
  readonly status: Status;
  readonly version: number;
}

/** One customer's, or the shopkeeper's, way to the shop. Every call is one attempt. */
export interface ShopClient {
  readonly door: 'REST' | 'GraphQL';
  /** Of who has signed in. */
  readonly token: string | undefined;
  logIn(login: string, password: string): Promise<void>;
  add(product: number, quantity: number): Promise<void>;
  /** Quantities by product. */
  cart(): Promise<ReadonlyMap<number, number>>;
  place(key: string): Promise<SeenOrder>;
  order(uuid: string): Promise<SeenOrder>;
  cancel(order: SeenOrder): Promise<SeenOrder>;
  /** The shopkeeper's alone. */
  move(order: SeenOrder, status: 'Shipped' | 'Delivered'): Promise<SeenOrder>;
}

/** The shop could not do it now; it may have done it all the same. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** The shop will not do it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

const ANSWER_WITHIN_MS = 8_000;

/** One request. The status and JSON of the answer; `Unavailable` when none came, or one that says that it can't be done now. */
export async function send(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  try {
    const response = await fetch(url, {
      method,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? null : (JSON.parse(text) as unknown) };
  } catch (error) {
    throw new Unavailable(reasonOf(error), { cause: error });
  }
}

/** By what it carries rather than by its class: fetch's errors are made outside of the realm in which tests run. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') return `no answer within ${ANSWER_WITHIN_MS / 1_000} s`;
  return `no answer: ${cause?.code ?? cause?.message ?? name ?? 'unknown'}`;
}
