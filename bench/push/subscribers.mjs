// Those who watch an order through one gateway, in a process of their own: so many streams by so many people's tokens, a socket
// for each fifty. The parent says which order; it is told when each has a version, and how long after the first question.
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const STREAMS_A_SOCKET = 50;
const query = `subscription ($id: ID!) {
  orderStatusChanged(orderId: $id) { uuid status version payment { status } user { username } }
}`;
let sockets = [];
/** Of each status, when each stream had it. */
let seen = new Map();
let awaited;

process.on('message', ({ watch, expect }) => {
  if (watch) begin(watch);
  else {
    awaited = expect;
    tellIfAll();
  }
});

function begin({ origin, tokens, order, streams }) {
  for (const socket of sockets) void socket.dispose();
  seen = new Map();
  sockets = Array.from({ length: Math.ceil(streams / STREAMS_A_SOCKET) }, (_, number) =>
    createClient({
      url: `${origin.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${tokens[number % tokens.length]}` },
      lazy: false,
    }),
  );
  for (const socket of sockets)
    for (let n = 0; n < Math.min(STREAMS_A_SOCKET, streams); n += 1)
      socket.subscribe(
        { query, variables: { id: order } },
        {
          next: ({ data, errors }) => {
            const at = Date.now();
            const event = data?.orderStatusChanged;
            if (errors || !event?.user || !event.payment)
              return void process.send({ failed: `an event without its data: ${JSON.stringify({ data, errors })}` });
            if (!seen.has(event.status)) seen.set(event.status, []);
            seen.get(event.status).push(at);
            tellIfAll();
          },
          error: (error) => process.send({ failed: `a stream ended: ${JSON.stringify(error)}` }),
          complete: () => undefined,
        },
      );
}

/** Wall clock, as it is another process that has asked: both are on one machine. */
function tellIfAll() {
  if (!awaited || (seen.get(awaited.status)?.length ?? 0) < awaited.streams) return;
  const times = seen.get(awaited.status);
  awaited = undefined;
  process.send({ first: Math.min(...times), last: Math.max(...times) });
}
