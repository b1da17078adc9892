import type { Component } from '@shop/shared/lifecycle/system';
import type { OperationRequest, SentOperation } from '../subscriptions/operation-request.js';

/** What operations clients may send by something shorter than their text, or may send at all. */
export interface PersistedOperations extends Component {
  /**
   * The operation with its text. Throws NOT_FOUND when what it is known by is not known here, BAD_USER_INPUT when that does
   * not fit its text, FORBIDDEN when it is not one that may be run.
   */
  complete(sent: SentOperation): Promise<OperationRequest>;
  /** Told of an operation that was admitted, as it was sent. Never rejects. */
  remember(sent: SentOperation): Promise<void>;
}
