/** What an ordinary client of the shop sends. */
export interface OrdinaryOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const page = 'pageInfo { hasNextPage endCursor }';
const read = (query: string, variables: OrdinaryOperation['variables'] = {}) => ({ query, variables });

/** The mix, in the order in which a shopper who buys one thing would send them. */
export function ordinaryOperations(productId: string): readonly OrdinaryOperation[] {
  const product = read(
    'query Product($id: ID!) { product(id: $id) { id name description price currency stock inStock } }',
    { id: productId },
  );
  const cart = read('query Cart { cart { itemCount total currency items { id quantity subtotal product { name } } } }');
  return [
    read('query Me { me { id username email role } }'),
    read(
      `query Products { products(first: 10, filter: { inStock: true }) { edges { node { id name price stock } } ${page} } }`,
    ),
    product,
    read('mutation Add($id: ID!) { addToCart(productId: $id, quantity: 1) { itemCount total } }', { id: productId }),
    cart,
    read(
      `query Found { products(first: 5, filter: { search: "tea" }, sort: PRICE_ASC) { edges { node { id name price } } } }`,
    ),
    read('mutation Place { placeOrder(input: { shippingAddress: "2 Tràng Tiền, Hà Nội" }) { uuid status total } }'),
    product,
    read(
      `query Orders { orders(first: 3) { edges { node { uuid status total items { name quantity product { name } }
         payment { status amount } emails { subject sentAt } } } ${page} } }`,
    ),
    cart,
  ];
}
