import { graphql } from 'graphql';
import { Directive, Field, FieldResolver, ID, ObjectType, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { Caller } from '../../src/auth/caller.js';
import { buildSubgraph } from '../../src/graphql/build-subgraph.js';
import { connectionType } from '../../src/graphql/connection.js';
import { isAdministrator, isAuthenticated } from '../../src/graphql/rules.js';
import { SafeInt } from '../../src/graphql/scalars.js';
import { allow } from '../../src/graphql/shield.js';

@ObjectType('Thing')
@Directive('@key(fields: "id")')
class Thing {
  @Field(() => ID)
  id!: string;

  @Field(() => SafeInt)
  price!: number;

  @Field(() => Date)
  at!: Date;
}

const ThingConnection = connectionType(Thing, 'Thing');

@Resolver(() => Thing)
class ThingResolver {
  constructor(private readonly greeting: string) {}

  @Query(() => Thing, { nullable: true })
  thing(): Partial<Thing> {
    return { id: '1', price: 2 ** 53 - 1, at: new Date(0) };
  }

  @Query(() => ThingConnection, { nullable: true })
  things() {
    return null;
  }

  @FieldResolver(() => String)
  greeted(@Root() thing: Thing): string {
    return `${this.greeting} ${thing.id}`;
  }

  @Subscription(() => Thing, {
    subscribe: async function* () {
      yield { id: '1', price: 1, at: new Date(0) };
    },
  })
  changed(@Root() thing: Thing): Thing {
    return thing;
  }
}

const context = { caller: null, requestId: 'r', loaders: {} };
const build = (permissions = { Query: { thing: allow, things: isAuthenticated }, Thing: allow }) =>
  buildSubgraph({
    resolvers: [new ThingResolver('hello')],
    permissions,
    references: { Thing: ({ id }) => ({ id, price: 1, at: new Date(0) }) },
  });

describe('a subgraph', () => {
  it('prints its directives and federation link', async () => {
    const { text } = await build();
    expect(text).toContain('extend schema @link(url: "https://specs.apollo.dev/federation/v2.9"');
    expect(text).toContain('type Thing @key(fields: "id")');
    expect(text).toContain('type PageInfo @shareable');
    expect(text).toContain('scalar SafeInt');
  });

  it('executes resolver instances and scalars', async () => {
    const { schema } = await build();
    const result = await graphql({ schema, source: '{ thing { id price at greeted } }', contextValue: context });
    expect(result).toEqual({
      data: { thing: { id: '1', price: 9007199254740991, at: '1970-01-01T00:00:00.000Z', greeted: 'hello 1' } },
    });
  });

  it('resolves references, behind the rules of the type', async () => {
    const source = '{ _entities(representations: [{ __typename: "Thing", id: "7" }]) { ... on Thing { greeted } } }';
    const { schema } = await build();
    expect(await graphql({ schema, source, contextValue: context })).toEqual({
      data: { _entities: [{ greeted: 'hello 7' }] },
    });
    const closed = await build({ Query: { thing: allow, things: allow }, Thing: isAuthenticated } as never);
    const refused = await graphql({ schema: closed.schema, source, contextValue: context });
    expect(refused.errors?.[0]?.message).toBe('missing authorization header');
  });

  it('denies what has no rule', async () => {
    const { schema } = await build({ Query: {}, Thing: allow } as never);
    const result = await graphql({ schema, source: '{ thing { id } }', contextValue: context });
    expect(result.errors?.[0]?.message).toBe('you may not do this');
  });

  it('lets a request that one rule has let pass not pass another, nor anybody else', async () => {
    const permissions = { Query: { thing: isAuthenticated, things: isAdministrator }, Thing: isAuthenticated };
    const { schema } = await build(permissions as never);
    const asked = async (caller: Caller | null) => {
      const source = '{ thing { id price } things { edges { cursor } } }';
      const contextValue = { caller, requestId: 'r', loaders: {} };
      const { data, errors = [] } = await graphql({ schema, source, contextValue });
      return [data?.['thing'], ...errors.map(({ message, path }) => `${path?.join('.')}: ${message}`)];
    };
    const customer = { userId: '1', email: 'an@example.com', role: 'CUSTOMER' } as Caller;
    const thing = { id: '1', price: 2 ** 53 - 1 };
    expect(await asked(customer)).toEqual([thing, 'things: you may not do this']);
    expect(await asked(null)).toEqual([
      null,
      'thing: missing authorization header',
      'things: missing authorization header',
    ]);
    expect(await asked({ ...customer, role: 'ADMIN' })).toEqual([thing]);
  });

  it('denies the fields of a type without a rule, and each of those whose rule is about the caller', async () => {
    const source = '{ thing { id price at } }';
    const messages = async (permissions: object) => {
      const { schema } = await build(permissions as never);
      const { errors = [] } = await graphql({ schema, source, contextValue: context });
      return errors.map(({ message }) => message);
    };
    expect(await messages({ Query: { thing: allow } })).toEqual(['you may not do this']);
    expect(await messages({ Query: { thing: allow }, Thing: { price: allow } })).toEqual(['you may not do this']);
    expect(await messages({ Query: { thing: allow }, Thing: { '*': allow, at: isAuthenticated } })).toEqual([
      'missing authorization header',
    ]);
    expect(await messages({ Query: { thing: allow }, Thing: { '*': allow } })).toEqual([]);
  });

  it('needs no lists', async () => {
    @Resolver()
    class OneThingResolver {
      @Query(() => Thing, { nullable: true })
      thing(): Partial<Thing> {
        return { id: '1' };
      }
    }
    const permissions = { Query: { thing: allow }, Thing: allow };
    const { schema } = await buildSubgraph({ resolvers: [new OneThingResolver()], permissions });
    const result = await graphql({ schema, source: '{ thing { id } }', contextValue: context });
    expect(result).toEqual({ data: { thing: { id: '1' } } });
  });

  it('keeps the subscribe function', async () => {
    const { schema } = await build();
    expect(schema.getSubscriptionType()?.getFields()['changed']?.subscribe).toBeInstanceOf(Function);
  });
});
