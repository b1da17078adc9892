/** A number that some texts decide, from 0 to less than 2^32. FNV-1a, by Fowler, Noll and Vo, stirred as MurmurHash3 ends. */
export function hashOf(...texts: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const text of texts) {
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ 0x1f, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whether some texts decide for it, as they do so often. */
export function decided(share: number, ...texts: readonly string[]): boolean {
  return share > 0 && hashOf(...texts) / 2 ** 32 < share;
}
