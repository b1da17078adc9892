import type { Bus } from '@shop/shared/messaging/bus';
import { Backlog } from './backlog.js';

/** A bus of which only the connection and the depth of the queues matter. */
class StillBus {
  connected = true;
  depths = [0, 0];
  beforeDepth = () => undefined as void;
  private listener: (connected: boolean) => void = () => undefined;

  onConnectionChange(listener: (connected: boolean) => void) {
    this.listener = listener;
    return () => undefined;
  }

  async depth(queue: string): Promise<number> {
    this.beforeDepth();
    return this.depths[Number(queue)] ?? 0;
  }

  connect(connected: boolean): void {
    this.connected = connected;
    this.listener(connected);
  }
}

describe('the backlog of answers', () => {
  let time = 0;
  let bus: StillBus;
  let backlog: Backlog;
  beforeEach(() => {
    bus = new StillBus();
    backlog = new Backlog(bus as unknown as Bus, ['0', '1'], () => new Date(time), 10_000);
    time += 10_000;
  });

  it('is worked off once every queue was found empty, and stays so', async () => {
    bus.depths = [0, 1];
    expect(await backlog.isWorkedOff()).toBe(false);
    bus.depths = [0, 0];
    expect(await backlog.isWorkedOff()).toBe(true);
    bus.depths = [5, 5];
    expect(await backlog.isWorkedOff()).toBe(true);
  });

  it('is waited for no longer than 30 seconds', async () => {
    bus.depths = [1, 1];
    time += 19_999;
    expect(await backlog.isWorkedOff()).toBe(false);
    time += 1;
    expect(await backlog.isWorkedOff()).toBe(true);
  });

  it('is not worked off while the broker is away, and is another one once it is back', async () => {
    expect(await backlog.isWorkedOff()).toBe(true);
    bus.connect(false);
    expect(await backlog.isWorkedOff()).toBe(false);
    bus.connect(true);
    bus.depths = [3, 0];
    time += 10_000;
    expect(await backlog.isWorkedOff()).toBe(false);
  });

  it('is elsewhere for a while: with those who lost the broker, too', async () => {
    bus.connect(true);
    time += 9_999;
    expect(await backlog.isWorkedOff()).toBe(false);
    time += 1;
    expect(await backlog.isWorkedOff()).toBe(true);
  });

  it('is not worked off after the database failed before its queues are empty, or retries had their time', async () => {
    expect(await backlog.isWorkedOff()).toBe(true);
    backlog.grow();
    bus.depths = [1, 0];
    time += 74_999;
    expect(await backlog.isWorkedOff()).toBe(false);
    time += 1;
    expect(await backlog.isWorkedOff()).toBe(true);
    backlog.grow();
    bus.depths = [0, 0];
    expect(await backlog.isWorkedOff()).toBe(true);
  });

  it('is waited for no longer, though no queue answers', async () => {
    bus.beforeDepth = () => {
      throw new Error('no such queue');
    };
    time += 19_999;
    expect(await backlog.isWorkedOff()).toBe(false);
    time += 1;
    expect(await backlog.isWorkedOff()).toBe(true);
  });

  it('is another one when the connection broke while it was looked at', async () => {
    bus.beforeDepth = () => {
      time += 1;
      bus.connect(false);
      bus.connect(true);
      bus.beforeDepth = () => undefined;
    };
    expect(await backlog.isWorkedOff()).toBe(false);
    time += 10_000;
    expect(await backlog.isWorkedOff()).toBe(true);
  });
});
