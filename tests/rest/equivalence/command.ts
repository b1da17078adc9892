import fc from 'fast-check';

/**
 * What a command speaks of: by its place in what the sequence has made so far, where one past the end is nobody's; or by an
 * id that nothing can have.
 */
export type Place = number | { readonly id: number | string };

/** What is done to the shop. */
export type Command =
  | { readonly do: 'register'; readonly as: string; readonly password: string }
  | { readonly do: 'register again'; readonly customer: number }
  | { readonly do: 'log in'; readonly customer: number; readonly password: 'right' | 'wrong' }
  | { readonly do: 'create products'; readonly by: Who; readonly products: readonly Draft[] }
  | { readonly do: 'update product'; readonly by: Who; readonly product: Place; readonly patch: Patch }
  | { readonly do: 'delete product'; readonly by: Who; readonly product: Place }
  | { readonly do: 'add to cart'; readonly by: Who; readonly product: Place; readonly quantity: number }
  | { readonly do: 'update item'; readonly by: Who; readonly item: Place; readonly quantity: number }
  | { readonly do: 'remove item'; readonly by: Who; readonly item: Place }
  | { readonly do: 'clear cart'; readonly by: Who }
  | { readonly do: 'place order'; readonly by: Who; readonly key?: string; readonly address?: string }
  | { readonly do: 'place order and cancel it'; readonly by: Who }
  | { readonly do: 'cancel order'; readonly by: Who; readonly order: number }
  | {
      readonly do: 'move order';
      readonly by: Who;
      readonly order: number;
      readonly to: 'Shipped' | 'Delivered' | 'Paid';
    };

export interface Draft {
  readonly name: string;
  readonly price: number;
  readonly stock: number;
}

/** Null is not absent: nothing can be taken from a product. */
export type Patch = { readonly [Field in keyof Draft]?: Draft[Field] | null };

/** A customer by number, the administrator, or nobody at all. */
export type Who = 0 | 1 | 'admin' | 'nobody';

const customer = fc.constantFrom(0, 1) as fc.Arbitrary<0 | 1>;
const shopper: fc.Arbitrary<Who> = often(customer, fc.constant('nobody' as const));
const keeper: fc.Arbitrary<Who> = often(fc.constant('admin' as const), fc.constantFrom<Who>(0, 'nobody'));
const anybody = fc.constantFrom<Who>(0, 1, 'admin', 'nobody');
const index = fc.nat(3);
const place: fc.Arbitrary<Place> = often(
  index,
  fc.record({ id: fc.constantFrom(0, -1, 2 ** 53, 'x', '1.5', '__proto__') }),
);

/** 6666 is declined, as is what costs more than 10 million; the rest is good, or out of bounds. */
const price = often(
  fc.constantFrom(1, 1_000, 6_666, 3_333, 4_000_000),
  fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER, 2 ** 53),
);
const stock = often(fc.constantFrom(0, 1, 3, 50), fc.constantFrom(-1, 2_147_483_647, 2_147_483_648));
const name = often(fc.constantFrom('Phin', 'Trà sen'), fc.constantFrom('', ' ', 'x'.repeat(201), '🍵'.repeat(150)));
const quantity = often(fc.constantFrom(1, 2, 3), fc.constantFrom(0, -1, 10_000, 10_001));
const draft = fc.record({ name, price, stock });
const orNull = <Value>(value: fc.Arbitrary<Value>) => often(value, fc.constant(null));
const patch = fc.record(
  { name: orNull(name), price: orNull(price), stock: orNull(stock) },
  { requiredKeys: [] },
) as fc.Arbitrary<Patch>;

/** Mostly the one, now and then the other. */
function often<Usual, Odd>(usual: fc.Arbitrary<Usual>, odd: fc.Arbitrary<Odd>): fc.Arbitrary<Usual | Odd> {
  return fc.oneof({ arbitrary: usual, weight: 6 }, { arbitrary: odd, weight: 1 });
}

const a = <Name extends Command['do'], Fields>(
  name: Name,
  fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> },
) => fc.record({ do: fc.constant(name), ...fields }) as unknown as fc.Arbitrary<Extract<Command, { do: Name }>>;

export const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 1,
    arbitrary: a('register', {
      as: fc.constantFrom('linh', 'ab', 'a-b', 'x'.repeat(41)),
      password: often(fc.constant('a long passphrase'), fc.constantFrom('short', '🍵'.repeat(128), 'x'.repeat(129))),
    }),
  },
  { weight: 1, arbitrary: a('register again', { customer }) },
  { weight: 1, arbitrary: a('log in', { customer, password: fc.constantFrom('right', 'wrong') }) },
  { weight: 2, arbitrary: a('create products', { by: keeper, products: fc.array(draft, { maxLength: 2 }) }) },
  {
    weight: 3,
    arbitrary: a('update product', { by: keeper, product: place, patch }),
  },
  { weight: 1, arbitrary: a('delete product', { by: keeper, product: place }) },
  { weight: 8, arbitrary: a('add to cart', { by: shopper, product: place, quantity }) },
  { weight: 2, arbitrary: a('update item', { by: shopper, item: place, quantity }) },
  { weight: 2, arbitrary: a('remove item', { by: shopper, item: place }) },
  { weight: 1, arbitrary: a('clear cart', { by: shopper }) },
  {
    weight: 5,
    arbitrary: fc.record(
      {
        ...{ do: fc.constant('place order' as const), by: shopper },
        key: often(fc.constantFrom('k1', 'k2'), fc.constantFrom('x'.repeat(201))),
        address: often(fc.constant('Hà Nội'), fc.constantFrom('x'.repeat(501), '🍵'.repeat(400))),
      },
      { requiredKeys: ['do', 'by'] },
    ),
  },
  { weight: 3, arbitrary: a('place order and cancel it', { by: customer }) },
  { weight: 2, arbitrary: a('cancel order', { by: anybody, order: index }) },
  {
    weight: 3,
    arbitrary: a('move order', { by: keeper, order: index, to: fc.constantFrom('Shipped', 'Delivered', 'Paid') }),
  },
);
