const release = () => undefined;

export class OpenConnections {
  take() {
    return release;
  }
}
