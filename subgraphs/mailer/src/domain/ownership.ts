/** Who asks, as far as ownership goes. */
interface Viewer {
  readonly userId: string;
  readonly role: string;
}

/** An email is shown to the one it went to, and to an administrator. */
export function maySee(viewer: Viewer | null, email: { readonly userId: number }): boolean {
  if (!viewer) return false;
  return viewer.role === 'ADMIN' || viewer.userId === String(email.userId);
}
