import { type PageRequest, pageRequest } from '@shop/shared/graphql/connection';

const isOrderId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1;

/** A page of orders; its cursors are their ids. */
export function ordersPage(first: number | null, after: string | null | undefined): PageRequest<number> {
  return pageRequest(first, after, isOrderId);
}
