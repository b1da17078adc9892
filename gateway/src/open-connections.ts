import { AppError } from '@shop/shared/errors/app-error';

/** The connections that clients hold open here, so many each at once: websockets, and streams over HTTP. */
export class OpenConnections {
  private readonly open = new Map<string, number>();

  /** @param most of one client at once, at this process */
  constructor(private readonly most: number) {}

  /** Counts one more for a client. Answers what gives its place back, once. Throws RATE_LIMITED when there are too many. */
  take(key: string): () => void {
    const others = this.open.get(key) ?? 0;
    if (others >= this.most) throw new AppError('RATE_LIMITED', `you may have ${this.most} connections open at once`);
    this.open.set(key, others + 1);
    let taken = true;
    return () => {
      if (taken) this.release(key);
      taken = false;
    };
  }

  private release(key: string): void {
    const left = (this.open.get(key) ?? 1) - 1;
    if (left > 0) this.open.set(key, left);
    else this.open.delete(key);
  }
}
