import type { Things } from './stage.js';

/** What of the owner's stands in an answer, unless the question said it; null: nothing. */
export function marksIn(answer: string, question: object, { owner, order }: Things): string | null {
  const asked = JSON.stringify(question);
  const marks = { email: owner.email, username: owner.username, order: order.uuid, address: order.shippingAddress };
  const shown = Object.entries(marks).filter(([, mark]) => answer.includes(mark) && !asked.includes(mark));
  return shown.length === 0 ? null : shown.map(([name]) => name).join(', ');
}
