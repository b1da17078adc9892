/** The largest message that a subgraph takes over its websocket, in bytes: all of a gateway's clients share that one. */
export const LARGEST_MESSAGE = 1_048_576;
