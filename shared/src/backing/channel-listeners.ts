/** Who listens to which channel. */
export class ChannelListeners {
  private readonly channels = new Map<string, Set<(message: string) => void>>();

  add(channel: string, listener: (message: string) => void): void {
    const listeners = this.channels.get(channel);
    if (listeners) listeners.add(listener);
    else this.channels.set(channel, new Set([listener]));
  }

  /** True when nobody listens to the channel any more. */
  remove(channel: string, listener: (message: string) => void): boolean {
    const listeners = this.channels.get(channel);
    if (!listeners?.delete(listener) || listeners.size > 0) return false;
    this.channels.delete(channel);
    return true;
  }

  deliver(channel: string, message: string): void {
    for (const listener of this.channels.get(channel) ?? []) listener(message);
  }

  names(): string[] {
    return [...this.channels.keys()];
  }
}
