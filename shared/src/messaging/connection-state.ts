/** Whether the broker is reachable now, and who wants to know when that changes. */
export class ConnectionState {
  private current = false;
  private readonly listeners = new Set<(connected: boolean) => void>();

  get connected(): boolean {
    return this.current;
  }

  /** Tells every listener, if this is a change. */
  set(connected: boolean): void {
    if (connected === this.current) return;
    this.current = connected;
    for (const listener of [...this.listeners]) listener(connected);
  }

  /** Returns how to stop listening. */
  onChange(listener: (connected: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
