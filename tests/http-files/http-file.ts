import { randomUUID } from 'node:crypto';

/** One request of an .http file, as it is written: with its variables. */
export interface WrittenRequest {
  readonly title: string;
  readonly name: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
}

/** An .http file as VS Code's REST Client reads it (https://github.com/Huachao/vscode-restclient). */
export interface HttpFile {
  readonly variables: Readonly<Record<string, string>>;
  readonly requests: readonly WrittenRequest[];
}

/** Throws for a request without a request line. */
export function parseHttpFile(text: string): HttpFile {
  const [preamble = '', ...requests] = text.split(/^###\s*/m);
  const variables = [...preamble.matchAll(/^@(\w+)\s*=\s*(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
  return { variables: Object.fromEntries(variables), requests: requests.map(parseRequest) };
}

function parseRequest(text: string): WrittenRequest {
  const [head = '', ...body] = text.trimEnd().split('\n\n');
  const [title = '', ...lines] = head.split('\n');
  const [requestLine = '', ...headers] = lines.filter((line) => !line.startsWith('#'));
  const [, method, url] = /^([A-Z]+) (\S+)$/.exec(requestLine) ?? [];
  if (!method || !url) throw new Error(`"${title}" has no request line`);
  return {
    ...{ title, method, url },
    name: lines.map((line) => /^# @name (\w+)$/.exec(line)?.[1]).find(Boolean),
    headers: headers.map((line) => {
      const [name = '', value = ''] = line.split(/:\s*/, 2);
      return [name, value];
    }),
    body: body.length > 0 ? body.join('\n\n') : undefined,
  };
}

/** Puts values in place of `{{...}}`: the file's variables, the system's, and parts of the answers to named requests. */
export function fillIn(
  text: string,
  variables: Readonly<Record<string, string>>,
  answers: ReadonlyMap<string, unknown>,
): string {
  return text.replace(/\{\{(.+?)\}\}/g, (_all, expression: string) => {
    if (expression === '$timestamp') return String(Math.floor(Date.now() / 1_000));
    if (expression === '$guid') return randomUUID();
    const [, name, path] = /^(\w+)\.response\.body\.\$(.+)$/.exec(expression) ?? [];
    const value = name && path ? partOf(answers.get(name), path) : variables[expression];
    if (value === undefined) throw new Error(`{{${expression}}} has no value`);
    return String(value);
  });
}

/** `.a`, `[0].b` and the like of JSONPath. */
function partOf(answer: unknown, path: string): unknown {
  const steps = path.split(/[.[\]]+/).filter(Boolean);
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], answer);
}
