import { anOrder } from './an-order.js';
import { PaymentsService } from './payments-service.js';
import { eventually } from '../../../tests/support/eventually.js';
import { graphqlRequest } from '../../../tests/support/graphql-client.js';
import { tcpProxy } from '../../../tests/support/tcp-proxy.js';
import { testDatabase } from '../../../tests/support/test-database.js';

it('says at both doors that its database is away, and works again once it is back', async () => {
  const database = await testDatabase();
  const door = await tcpProxy(database.url);
  const proxied = new URL(database.url);
  proxied.host = door.host;
  const service = await PaymentsService.start({ DATABASE_URL: proxied.href });
  const token = service.auth.token({ userId: 7 });
  const uuid = anOrder().order_uuid;
  const byRest = async () => {
    const answer = await service.get(`/payments/${uuid}`, token);
    return [answer.status, await answer.json()];
  };
  const byGraphql = async () =>
    graphqlRequest(`${service.url}/graphql`, `{ payment(orderUuid: "${uuid}") { id } }`, {}, token);
  const message = 'the service can not reach its database, please try again';

  expect(await byRest()).toEqual([404, { error: 'not found' }]);
  await door.close();
  expect(await byRest()).toEqual([503, { error: message }]);
  expect((await byGraphql()).errors).toMatchObject([{ message, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);

  await door.open();
  await eventually(async () => expect(await byRest()).toEqual([404, { error: 'not found' }]));
  expect((await byGraphql()).errors).toBeUndefined();
  await service.stop();
  await door.close();
  await database.drop();
});
