import { type ServiceName, servicePorts } from '@shop/shared/backing/roster';
import { type RestAnswer, type RestRequest, send } from '../rest/contract/rest-client.js';
import { askByHttp } from './doors.js';
import type { Answer } from './answer.js';
import type { Credentials, Headers, ShopSecrets } from './credentials.js';
import type { Caller } from './matrix/rules.js';
import type { Stage } from './stage.js';

export type Door = ServiceName | 'gateway';

/** For a shop that is asked much by few: none of its answers is that there were too many, or that one did not come in time. */
export const patient = {
  ...{ LOGIN_RATE_LIMIT: '0', RATE_LIMIT_PER_MINUTE: '0' },
  ...{ CART_TIMEOUT_MS: '60000', SUBGRAPH_TIMEOUT_MS: '60000' },
};

/** A shop that is attacked, with who and what is in it. */
export class Setting {
  constructor(
    readonly stage: Stage,
    readonly secrets: ShopSecrets,
    readonly credentials: Credentials,
  ) {}

  originOf(door: Door): string {
    const { shop } = this.stage;
    return door === 'gateway' ? shop.gateway : shop.service(servicePorts[door]);
  }

  /** How a caller asks for something of the graph; a subgraph is asked as the gateway asks it, with its proof. */
  graphqlHeaders(caller: Caller, door: Door): Headers {
    const proof = door === 'gateway' ? {} : this.secrets.gatewayProof(door);
    return { ...this.credentials.headersOf(caller, door), ...proof };
  }

  /** One operation at the gateway, or at a subgraph. */
  async graphql(
    caller: Caller,
    query: string,
    variables: Readonly<Record<string, unknown>> = {},
    door: Door = 'gateway',
  ): Promise<Answer> {
    return askByHttp(`${this.originOf(door)}/graphql`, this.graphqlHeaders(caller, door), { query, variables });
  }

  async rest(caller: Caller, request: RestRequest, door: Door = 'gateway'): Promise<RestAnswer> {
    const headers = { ...this.credentials.headersOf(caller, door), ...request.headers };
    return send(this.originOf(door), { ...request, headers });
  }
}
