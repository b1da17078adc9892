import type { FuzzedRequest } from './requests.js';
import { faultIn } from './verdict.js';

const request = (sent = ''): FuzzedRequest => ({
  ...{ operation: 'POST /products', bodiless: false, broken: false },
  bytes: Buffer.from(`POST /products HTTP/1.1\r\n\r\n${sent}`),
});
const answered = (status: number, body: string) => ({
  ...{ kind: 'answer' as const, status, body },
  headers: new Map([['content-type', 'application/json']]),
});

describe('the judge of answers', () => {
  it.each([200, 201, 400])('sees the inside in an answer of any status: %i', (status) => {
    expect(faultIn(request(), answered(status, '{"error": "at run (file.js:1:2)"}'))).toBe(`${status} shows a stack`);
    expect(faultIn(request(), answered(status, '{"error": "insert into products"}'))).toBe(`${status} shows SQL`);
  });

  it('does not take what the request said for it', () => {
    const body = '{"error": "delete from me is no name"}';
    expect(faultIn(request('delete from'), answered(400, body))).toBeNull();
    expect(faultIn(request('delete from'), answered(201, '{"name": "delete from, insert into"}'))).toBe(
      '201 shows SQL',
    );
  });

  it('knows words from letters in the middle of a token', () => {
    expect(faultIn(request(), answered(200, '{"token": "eyJhbGciOizODkeconnQ.x"}'))).toBeNull();
    for (const words of ['ZodError: no', 'a zod issue', 'connect ECONNREFUSED 127.0.0.1'])
      expect(faultIn(request(), answered(400, `{"error": "${words}"}`))).toBe("400 shows a library's words");
  });

  it.each([500, 503])('takes no %i', (status) =>
    expect(faultIn(request(), answered(status, '{"error": "internal error"}'))).toBe(`status ${status}`),
  );
});
