/**
 * Whether a websocket may be opened from where it is asked for. A browser lets any page open one anywhere and says only where
 * the page is from (RFC 6455, section 10.2): this server itself, or an origin that may also call it otherwise. What is no
 * browser says nothing.
 *
 * @param host the host and port that the request was for
 * @param allowed origins, or `*`
 */
export function mayUpgrade(origin: string | undefined, host: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === hostOf(origin, host);
}

/** As a URL of the same scheme has it, without the port that goes without saying. */
function hostOf(origin: string, host: string): string | null {
  const url = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(url) ? new URL(url).host : null;
}
