/** Who asks, as far as ownership goes. */
interface Viewer {
  readonly userId: string;
  readonly role: string;
}

/** A payment is shown to the one who owes it, and to an administrator. */
export function maySee(viewer: Viewer | null, payment: { readonly userId: number }): boolean {
  if (!viewer) return false;
  return viewer.role === 'ADMIN' || viewer.userId === String(payment.userId);
}
