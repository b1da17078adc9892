import { randomUUID } from 'node:crypto';
import { error, type RestCase } from '../rest-case.js';
import type { ShopFront } from '../shop-front.js';

const service = 'payments';
const ONE = 'GET /payments/{order_uuid}';

const paid = async (front: ShopFront, price = 1_000) => {
  const { token } = await front.customer();
  return { token, uuid: (await front.settledOrder(token, price)).uuid };
};
const paymentLike = (fields: object) => expect.objectContaining({ currency: 'VND', provider: 'simulated', ...fields });

export const paymentsCases: readonly RestCase[] = [
  {
    ...{ service, route: ONE, what: 'shows a payment to its owner', status: 200 },
    body: paymentLike({ amount: 1_000, status: 'SUCCEEDED', failure_reason: null }),
    request: async (front) => {
      const { token, uuid } = await paid(front);
      return { token, params: { order_uuid: uuid } };
    },
  },
  {
    ...{ service, route: ONE, what: 'shows one that was declined to an admin', status: 200 },
    body: paymentLike({ amount: 6_666, status: 'FAILED', failure_reason: expect.any(String) }),
    request: async (front) => ({ token: front.admin, params: { order_uuid: (await paid(front, 6_666)).uuid } }),
  },
  {
    ...{ service, route: ONE, what: "does not know somebody else's", status: 404, body: error('not found') },
    request: async (front) => ({
      token: (await front.customer()).token,
      params: { order_uuid: (await paid(front)).uuid },
    }),
  },
  {
    ...{ service, route: ONE, what: 'knows when there is none', status: 404, body: error('not found') },
    request: (front) => ({ token: front.admin, params: { order_uuid: randomUUID() } }),
  },
  {
    ...{ service, route: ONE, what: 'finds nothing under what is no uuid', status: 404, body: error('not found') },
    request: (front) => ({ token: front.admin, params: { order_uuid: '1' } }),
  },
];
