import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../../tests/support/eventually.js';
import { SharedAnswers } from './shared-answers.js';

/** What was sent, in order; each is answered when the test says so. */
class Sent {
  readonly all: PromiseWithResolvers<string>[] = [];
  readonly send = (): Promise<string> => {
    const sent = Promise.withResolvers<string>();
    this.all.push(sent);
    return sent.promise;
  };
  answer(index: number, text: string): void {
    this.all[index]?.resolve(text);
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('equal requests', () => {
  it('that come while one is under way are sent once, when it has ended', async () => {
    const [requests, sent] = [new SharedAnswers<string>(), new Sent()];
    const first = requests.run('a', sent.send);
    const others = [requests.run('a', sent.send), requests.run('a', sent.send)];
    expect(sent.all).toHaveLength(1);
    sent.answer(0, 'before');
    expect(await first).toBe('before');
    await eventually(() => expect(sent.all).toHaveLength(2));
    sent.answer(1, 'after');
    expect(await Promise.all(others)).toEqual(['after', 'after']);
    expect(sent.all).toHaveLength(2);
  });

  it('of who has just been answered share what is sent for those who waited', async () => {
    const [requests, sent] = [new SharedAnswers<string>(), new Sent()];
    const first = requests.run('a', sent.send);
    const waiting = requests.run('a', sent.send);
    sent.answer(0, 'before');
    await first;
    await settled();
    const again = requests.run('a', sent.send);
    await eventually(() => expect(sent.all).toHaveLength(2));
    sent.answer(1, 'after');
    expect(await Promise.all([waiting, again])).toEqual(['after', 'after']);
    expect(sent.all).toHaveLength(2);
  });

  it('never get an answer to what was sent before they came', async () => {
    const requests = new SharedAnswers<number>();
    let written = 0;
    const read = async () => {
      const seen = written;
      await settled();
      return seen;
    };
    const reads: Promise<void>[] = [];
    for (let turn = 0; turn < 500; turn += 1) {
      written += 1;
      const atLeast = written;
      reads.push(requests.run('a', read).then((seen) => expect(seen).toBeGreaterThanOrEqual(atLeast)));
      if (turn % 7 === 0) await settled();
    }
    await Promise.all(reads);
    expect(written).toBe(500);
  });

  it('of other keys know nothing of each other, and one that comes later is sent at once', async () => {
    const [requests, sent] = [new SharedAnswers<string>(), new Sent()];
    const both = [requests.run('a', sent.send), requests.run('b', sent.send)];
    expect(sent.all).toHaveLength(2);
    sent.answer(0, 'A');
    sent.answer(1, 'B');
    expect(await Promise.all(both)).toEqual(['A', 'B']);
    await settled();
    void requests.run('a', sent.send);
    expect(sent.all).toHaveLength(3);
  });

  it('wait neither for one that fails nor, for long, for one that hangs', async () => {
    const [requests, sent] = [new SharedAnswers<string>(), new Sent()];
    const failing = requests.run('a', sent.send);
    const second = requests.run('a', sent.send);
    sent.all[0]?.reject(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    await eventually(() => expect(sent.all).toHaveLength(2));
    const third = requests.run('a', sent.send);
    sent.answer(2, 'not yet');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(sent.all).toHaveLength(3);
    sent.answer(2, 'third');
    expect(await third).toBe('third');
    sent.answer(1, 'second');
    expect(await second).toBe('second');
  });
});
