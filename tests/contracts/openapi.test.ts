import { Validator } from '@seriousme/openapi-schema-validator';
import { type ServiceName, serviceNames, servicePorts } from '@shop/shared/backing/roster';
import { RunningShop } from '../e2e/running-shop.js';
import { expectCommitted } from './committed.js';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}
interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** What may be done without a token, by the REST contract, and by the services among themselves. */
const open = ['listEndedSessions', 'register', 'logIn', 'listProducts', 'showProduct', 'ingest'];

describe('the OpenAPI documents of the services', () => {
  let shop: RunningShop;
  const documents = new Map<ServiceName, Document>();
  beforeAll(async () => {
    shop = await RunningShop.start('embedded');
    for (const service of serviceNames) {
      const answer = await fetch(`${shop.service(servicePorts[service])}/swagger/json`);
      documents.set(service, (await answer.json()) as Document);
    }
  });
  afterAll(() => shop?.stop());

  const of = (service: ServiceName) => documents.get(service) as Document;
  const all = () => [...documents.values()].flatMap(operationsOf);

  it.each(serviceNames)('are valid OpenAPI 3.1: %s', async (service) => {
    expect(of(service).openapi).toBe('3.1.0');
    const { valid, errors } = await new Validator().validate({ ...structuredClone(of(service)) });
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });

  it.each(serviceNames)('are written down, to be compared with those of another version: %s', async (service) => {
    await expectCommitted(`docs/contracts/openapi/${service}.json`, of(service));
  });

  it('would not be valid with a mistake in them', async () => {
    const { paths, ...rest } = of('cart');
    const wrong = { ...rest, paths: { ...paths, '/wrong': { get: { responses: { 200: {} } } } } };
    expect((await new Validator().validate(wrong)).valid).toBe(false);
  });

  it('name every operation, once among all of them, say what it does and where it belongs', () => {
    const ids = all().map(({ operationId }) => operationId);
    expect(ids).toEqual([...new Set(ids)]);
    for (const { tags: known, ...document } of documents.values())
      for (const { operationId, summary, tags } of operationsOf(document))
        expect([operationId, summary, tags]).toEqual([
          expect.stringMatching(/^[a-z]\w+$/),
          expect.stringMatching(/\w/),
          known.map(({ name }) => name),
        ]);
  });

  it('ask for a token where one is needed, and nowhere else', () => {
    const without = all().filter(({ security }) => !security?.length);
    expect(without.map(({ operationId }) => operationId)).toEqual(open);
    for (const { security, responses, operationId } of all())
      if (operationId !== 'logIn') expect([operationId, '401' in responses]).toEqual([operationId, !!security?.length]);
  });

  it('say of every answer what it means', () => {
    for (const { responses } of all())
      for (const { description } of Object.values(responses)) {
        expect(description).toMatch(/^[A-Z].+/);
        expect(description).not.toBe('Default Response');
      }
  });

  it('need every body but that of an order', () => {
    const optional = all().filter(({ requestBody }) => requestBody && !requestBody.required);
    expect(optional.map(({ operationId }) => operationId)).toEqual(['placeOrder']);
  });
});

const operationsOf = ({ paths }: Pick<Document, 'paths'>): Operation[] => Object.values(paths).flatMap(Object.values);
