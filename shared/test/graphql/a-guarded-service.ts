import { Directive, Field, ObjectType, Query, Resolver, Subscription } from 'type-graphql';
import { TokenVerifier } from '../../src/auth/token-verifier.js';
import { buildSubgraph } from '../../src/graphql/build-subgraph.js';
import { graphqlDoor } from '../../src/graphql/graphql-door.js';
import { allow } from '../../src/graphql/shield.js';
import type { AccessSettings } from '../../src/http/behind-gateway.js';
import { type Door, WebServer } from '../../src/http/web-server.js';
import { createLogger } from '../../src/logging/logger.js';
import { silentTelemetry } from '../../src/telemetry/telemetry.js';

@ObjectType('Answer')
@Directive('@key(fields: "given")')
class Answer {
  @Field(() => String)
  given!: string;
}

@Resolver(() => Answer)
class AnswerResolver {
  @Query(() => Answer)
  answer(): Answer {
    return { given: 'yes' };
  }

  @Subscription(() => Answer, {
    subscribe: async function* () {
      yield { given: 'yes' };
    },
  })
  answers(): Answer {
    return { given: 'yes' };
  }
}

/** A service with a graph, a subscription in it, and a REST route that says where it was asked from. */
export async function aGuardedService(name: string, access?: AccessSettings) {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const telemetry = {
    ...silentTelemetry(name),
    logger: createLogger(name, 'info', { destinations: [{ level: 'info', stream }] }),
  };
  const { schema } = await buildSubgraph({
    resolvers: [new AnswerResolver()],
    permissions: { Query: { answer: allow }, Subscription: { answers: allow }, Answer: allow },
    references: { Answer: (reference) => reference },
  });
  const verifier = new TokenVerifier({ issuer: 'shop', audience: 'shop', keys: { find: () => undefined } });
  const rest: Door = (app) => void app.get('/from', ({ ip, host, protocol }) => ({ ip, host, protocol }));
  const server = new WebServer({
    ...{ host: '127.0.0.1', port: 0, telemetry, readiness: async () => ({}) },
    ...(access && { access }),
    doors: [rest, graphqlDoor({ schema, verifier, telemetry, loaders: () => ({}) })],
  });
  await server.start();
  return { origin: `http://127.0.0.1:${server.port}`, lines, stop: () => server.stop() };
}
