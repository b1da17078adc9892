// Three small subgraphs with data of their own, and the two operations that gateways are measured with.

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])';

export const typeDefs = {
  products: `${link}
    type Product @key(fields: "id") {
      id: ID! name: String! slug: String! description: String! priceCents: Int! currency: String! stock: Int!
    }
    type Query { products(limit: Int = 20, salt: Int = 0): [Product!]! product(id: ID!): Product }`,
  users: `${link}
    type User @key(fields: "id") { id: ID! email: String! name: String! }
    type Query { user(id: ID!): User }`,
  orders: `${link}
    type Order @key(fields: "id") {
      id: ID! status: String! totalCents: Int! createdAt: String! user: User! items: [OrderItem!]!
    }
    type OrderItem { id: ID! quantity: Int! product: Product! }
    type Product @key(fields: "id", resolvable: false) { id: ID! }
    type User @key(fields: "id", resolvable: false) { id: ID! }
    type Query { orders(salt: Int = 0): [Order!]! }`,
};

const THINGS = 1_000;
const some = (count, make) => Array.from({ length: count }, (_, number) => make(number));

const products = some(THINGS, (number) => ({
  id: `p${number}`,
  name: `Product ${number}`,
  slug: `product-${number}`,
  description: `A fine product number ${number}, told of at such length as a shop would in its window.`,
  priceCents: 1_000 + number * 37,
  currency: 'EUR',
  stock: 100 + number,
}));
const users = some(THINGS, (number) => ({
  id: `u${number}`,
  email: `user${number}@example.test`,
  name: `User ${number}`,
}));
const byId = (things) => new Map(things.map((thing) => [thing.id, thing]));
const [productById, userById] = [byId(products), byId(users)];

/** Ten orders of two items. Another salt, other users and products: no two requests in flight ask for the same. */
function ordersFor(salt) {
  return some(10, (number) => ({
    id: `o${number}`,
    status: number % 2 ? 'PAID' : 'PENDING',
    totalCents: 5_000 + number,
    createdAt: '2026-01-01T00:00:00.000Z',
    user: { id: `u${(number + salt * 7) % THINGS}` },
    items: some(2, (item) => ({
      id: `o${number}-i${item}`,
      quantity: item + 1,
      product: { id: `p${(number * 2 + item + salt * 13) % THINGS}` },
    })),
  }));
}

export const resolvers = {
  products: {
    Query: {
      products: (_, { limit, salt }) => products.slice(salt % 80, (salt % 80) + limit),
      product: (_, { id }) => productById.get(id),
    },
    Product: { __resolveReference: ({ id }) => productById.get(id) },
  },
  users: {
    Query: { user: (_, { id }) => userById.get(id) },
    User: { __resolveReference: ({ id }) => userById.get(id) },
  },
  orders: { Query: { orders: (_, { salt }) => ordersFor(salt) } },
};

/** By the number of subgraphs that are asked, one after and beside the other. Each has a variable: `salt`. */
export const operations = {
  '1 hop': 'query Products($salt: Int) { products(limit: 20, salt: $salt) { id name slug priceCents currency stock } }',
  '3 hops': `query Orders($salt: Int) {
    orders(salt: $salt) {
      id status totalCents createdAt
      user { id name email }
      items { id quantity product { id name priceCents currency } }
    }
  }`,
};
