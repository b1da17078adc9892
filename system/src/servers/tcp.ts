import { connect } from 'node:net';

/** True when somebody takes connections on that port of this machine. */
export function answersOn(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const answer = (connected: boolean): void => {
      socket.destroy();
      resolve(connected);
    };
    socket.setTimeout(1000, () => answer(false));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
