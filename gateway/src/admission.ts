import type { DocumentNode } from 'graphql';
import type { GatewayContext } from './context.js';
import type { Limits } from './limits.js';
import { mutationSteps } from './mutation-steps.js';
import type { PersistedOperations } from './persisted/persisted-operations.js';
import type { RequestRate } from './request-rate.js';
import type { OperationRequest, SentOperation } from './subscriptions/operation-request.js';

/** An operation that may be validated, planned and run. */
export interface Admitted {
  readonly request: OperationRequest;
  readonly document: DocumentNode;
}

/**
 * The one way in for operations, whatever the transport: found by what they are known by, held against the limits, and
 * counted by what they do: a mutation of several steps is as many requests, of which its door has counted the first.
 */
export class Admission {
  constructor(
    private readonly persisted: PersistedOperations,
    private readonly limits: Limits,
    private readonly rate: RequestRate,
  ) {}

  /** Throws what `PersistedOperations.complete`, `Limits.admit` and `RequestRate.count` throw. */
  async admit(sent: SentOperation, { caller, clientAddress }: GatewayContext): Promise<Admitted> {
    const request = await this.persisted.complete(sent);
    const document = this.limits.admit(request);
    const more = mutationSteps(document, request.operationName) - 1;
    if (more > 0) await this.rate.count(caller, clientAddress, more);
    await this.persisted.remember(sent);
    return { request, document };
  }
}
