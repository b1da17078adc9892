import { startMistake, StartError } from './start-error.js';

const systemError = (fields: object) => Object.assign(new Error('listen EADDRINUSE'), fields);
const listening = (code: string) => systemError({ code, syscall: 'listen', address: '127.0.0.1', port: 4000 });

describe('why a start failed', () => {
  it.each<[string, Error, string | null]>([
    ['a taken port', listening('EADDRINUSE'), '127.0.0.1:4000 is taken: another program listens there'],
    ['a port of the system', listening('EACCES'), 'this user may not listen on 127.0.0.1:4000'],
    [
      'a missing file',
      systemError({ code: 'ENOENT', syscall: 'open', path: '/a' }),
      "/a can't be read: it does not exist",
    ],
    ['a folder', systemError({ code: 'EISDIR', syscall: 'read' }), "the file can't be read: it is a folder"],
    ['what its part says', new StartError('the schema is none'), 'the schema is none'],
    ['a fault of the program', new TypeError('x is undefined'), null],
    ['a server that is away', systemError({ code: 'ECONNREFUSED', syscall: 'connect' }), null],
  ])('is a sentence for %s', (_what, cause, sentence) => {
    expect(startMistake(cause)).toBe(sentence);
    expect(startMistake(new Error('a part did not start', { cause }))).toBe(sentence);
  });
});
