// Apollo's gateway and server as their documentation starts them: SUPERGRAPH_SDL=file PORT=4000 node stock.mjs
import { readFileSync } from 'node:fs';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

process.env.APOLLO_TELEMETRY_DISABLED = 'true';
const gateway = new ApolloGateway({ supergraphSdl: readFileSync(process.env.SUPERGRAPH_SDL, 'utf8') });
const server = new ApolloServer({ gateway, introspection: false });
await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: Number(process.env.PORT) } });
