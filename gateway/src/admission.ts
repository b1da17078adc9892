import type { DocumentNode } from 'graphql';
import type { Limits } from './limits.js';
import type { PersistedOperations } from './persisted/persisted-operations.js';
import type { OperationRequest, SentOperation } from './subscriptions/operation-request.js';

/** An operation that may be validated, planned and run. */
export interface Admitted {
  readonly request: OperationRequest;
  readonly document: DocumentNode;
}

/** The one way in for operations, whatever the transport: found by what they are known by, and held against the limits. */
export class Admission {
  constructor(
    private readonly persisted: PersistedOperations,
    private readonly limits: Limits,
  ) {}

  /** Throws what `PersistedOperations.complete` and `Limits.admit` throw. */
  async admit(sent: SentOperation): Promise<Admitted> {
    const request = await this.persisted.complete(sent);
    const document = this.limits.admit(request);
    await this.persisted.remember(sent);
    return { request, document };
  }
}
