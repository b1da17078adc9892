/** One GraphQL operation as it is sent. */
export interface WrittenOperation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** Its root fields: what findings are grouped by. */
  readonly name: string;
  readonly query: string;
  readonly operationName: string | null;
  /** The JSON text of each variable: some of it is no value that JavaScript could write. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A member of a JSON object and its value's text; an object's text may have one twice. */
export type Member = readonly [key: string, text: string];

export const jsonObject = (members: readonly Member[]) =>
  `{${members.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;

/** The members of a request's body. */
export function membersOf({ query, operationName, variables }: WrittenOperation): readonly Member[] {
  return [
    ['query', JSON.stringify(query)],
    ['variables', jsonObject(Object.entries(variables))],
    ...(operationName === null ? [] : ([['operationName', JSON.stringify(operationName)]] as const)),
  ];
}
