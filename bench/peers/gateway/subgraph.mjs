// One of the three small subgraphs that every gateway here stands in front of: PORT=4101 node subgraph.mjs products.
// Compiled queries on a bare HTTP server, so that the gateways are what is measured.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, validate } from 'graphql';
import { compileQuery } from 'graphql-jit';
import { resolvers, typeDefs } from '../../gateway/small-graph.mjs';

const [name] = process.argv.slice(2);
const schema = buildSubgraphSchema({ typeDefs: parse(typeDefs[name]), resolvers: resolvers[name] });
const compiled = new Map();

function compile(query) {
  const document = parse(query);
  const [mistake] = validate(schema, document);
  if (mistake) throw mistake;
  return compileQuery(schema, document, undefined, { customJSONSerializer: true });
}

const server = createServer(async (request, response) => {
  // A gateway may ask whether it is there.
  if (request.method !== 'POST') return response.writeHead(200).end();
  const { query, variables } = JSON.parse(await text(request));
  if (!compiled.has(query)) compiled.set(query, compile(query));
  const operation = compiled.get(query);
  const body = Buffer.from(operation.stringify(await operation.query(undefined, {}, variables ?? {})));
  return response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
