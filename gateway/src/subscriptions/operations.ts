import type { ApolloServer } from '@apollo/server';
import {
  type DocumentNode,
  type ExecutionResult,
  getOperationAST,
  getVariableValues,
  type GraphQLError,
  type GraphQLFormattedError,
  OperationTypeNode,
  validate,
} from 'graphql';
import { bytesOfDocument } from '@shop/shared/graphql/document-tokens';
import { fewErrors } from '@shop/shared/graphql/few-errors';
import { measureSubscriptions, type Transport } from '@shop/shared/graphql/live-subscriptions';
import type { Component } from '@shop/shared/lifecycle/system';
import { inOperationSpan, nameOperation } from '@shop/shared/graphql/operation-tracing';
import type { Telemetry } from '@shop/shared/telemetry/telemetry';
import type { GatewayContext } from '../context.js';
import type { Identities } from '../identity.js';
import type { Admission, Admitted } from '../admission.js';
import { errorOf, type publicError, PublicGraphqlError, toPublicError } from '../public-errors.js';
import { TextCache } from '@shop/shared/text/text-cache';
import { ClientStream } from './client-stream.js';
import { type Endable, endable } from './endable.js';
import type { OperationRequest, SentOperation } from './operation-request.js';
import { conditionAtRoot } from './root-condition.js';
import type { SharedFeeds } from './shared-feeds.js';
import type { SubscriptionPlan, SubscriptionPlanner } from './subscription-plan.js';

/** What an operation comes to: nothing but errors, one answer, or a stream of answers. */
export type Outcome =
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLFormattedError[] }
  | { readonly kind: 'result'; readonly result: ExecutionResult }
  | {
      readonly kind: 'stream';
      readonly answers: AsyncGenerator<ExecutionResult, void, undefined>;
      /** Resolves when it has ended, by itself or by its reader. */
      readonly ended: Promise<void>;
    };

/** What the plans that are kept may hold, in bytes. */
const MOST_BYTES = 16 * 2 ** 20;
/** Of one, its document among them: an estimate, rather too much than too little. */
const bytesOfPlan = (document: DocumentNode) => 16_000 + 2 * bytesOfDocument(document);

/** Runs any operation, for the doors that serve streams. Never rejects. */
export class Operations implements Component {
  readonly name = 'subscriptions';
  private readonly live = new Map<ClientStream, Transport>();
  private readonly countEvent: (transport: Transport) => void;
  private readonly planned = new TextCache<SubscriptionPlan>(MOST_BYTES);
  private plannedFor: unknown = null;

  constructor(
    private readonly server: ApolloServer<GatewayContext>,
    private readonly planner: SubscriptionPlanner,
    private readonly feeds: SharedFeeds,
    private readonly admission: Admission,
    private readonly identities: Identities,
    private readonly showError: typeof publicError,
    private readonly telemetry: Telemetry,
  ) {
    this.countEvent = measureSubscriptions(telemetry.metrics, ['websocket', 'sse', 'multipart'], (transport) => {
      return [...this.live.values()].filter((other) => other === transport).length;
    });
  }

  async start(): Promise<void> {}

  /**
   * Every stream over HTTP ends with an error: its client may go on elsewhere. Those over websockets end with their
   * socket, whose close code tells the same: an error of their own would keep clients from subscribing again by themselves.
   */
  async stop(): Promise<void> {
    const goingAway = errorOf('SUBGRAPH_UNAVAILABLE', 'this server is going away');
    for (const [stream, transport] of [...this.live])
      if (transport !== 'websocket') stream.fail(new PublicGraphqlError(goingAway));
    // The doors write these errors before they are closed themselves.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** How many streams are open. */
  get streams(): number {
    return this.live.size;
  }

  run(sent: SentOperation, context: GatewayContext, transport: Transport): Promise<Outcome> {
    return inOperationSpan(this.telemetry, () => this.outcomeOf(sent, context, transport));
  }

  private async outcomeOf(sent: SentOperation, context: GatewayContext, transport: Transport): Promise<Outcome> {
    try {
      this.identities.assertLasting(context);
      const admitted = await this.admission.admit(sent, context);
      const { request, document } = admitted;
      if (kindOf(document, request) === OperationTypeNode.SUBSCRIPTION)
        return this.subscribe(admitted, context, transport);
      const { body } = await this.server.executeOperation(request, { contextValue: context });
      if (body.kind !== 'single') throw new Error('incremental answers are not served');
      const { data, errors } = body.singleResult;
      if (data === undefined) return { kind: 'refused', errors: errors ?? [] };
      return { kind: 'result', result: body.singleResult as ExecutionResult };
    } catch (error) {
      return { kind: 'refused', errors: error instanceof Refusal ? error.errors : [toPublicError(error)] };
    }
  }

  private subscribe(admitted: Admitted, context: GatewayContext, transport: Transport): Outcome {
    const { request, document } = admitted;
    nameOperation(OperationTypeNode.SUBSCRIPTION, request.operationName);
    const plan = this.planOf(admitted);
    const definitions = getOperationAST(document, request.operationName)?.variableDefinitions ?? [];
    const { errors, coerced } = getVariableValues(this.planner.schema, definitions, request.variables ?? {}, fewErrors);
    if (errors) throw this.refusal(errors);
    // As they were sent, for the subgraphs to read; where none was, the operation's default.
    const variables = { ...coerced, ...request.variables };

    let stopWaiting = () => undefined as void;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const stream: ClientStream = new ClientStream(
      this.feeds,
      { plan, context, variables },
      {
        onEvent: () => this.countEvent(transport),
        onClose: () => {
          stopWaiting();
          this.live.delete(stream);
          end();
        },
      },
    );
    this.live.set(stream, transport);
    if (transport === 'websocket') return { kind: 'stream', answers: stream.answers, ended };
    // A websocket is closed by its door instead, with all of its streams.
    const { answers, end: endWith }: Endable<ExecutionResult> = endable(stream.answers);
    stopWaiting = this.identities.onEnd(context, (reason) => endWith(new PublicGraphqlError(toPublicError(reason))));
    return { kind: 'stream', answers, ended };
  }

  /** Validated and planned once for each text, for as long as the schema stays the same. */
  private planOf({ request: { query, operationName }, document }: Admitted): SubscriptionPlan {
    const { schema } = this.planner;
    if (this.plannedFor !== schema) this.planned.clear();
    this.plannedFor = schema;
    const key = JSON.stringify([query, operationName]);
    const known = this.planned.get(key);
    if (known) return known;
    const mistakes = validate(schema, document, undefined, fewErrors);
    if (mistakes.length > 0) throw this.refusal(mistakes);
    const condition = conditionAtRoot(document, operationName);
    if (condition) throw this.refusal([condition]);
    const plan = this.planner.plan(document, operationName);
    this.planned.set(key, plan, key.length + bytesOfPlan(document));
    return plan;
  }

  private refusal(mistakes: readonly GraphQLError[]): Refusal {
    const extensions = { code: 'BAD_REQUEST' };
    return new Refusal(mistakes.map((mistake) => this.showError({ ...mistake.toJSON(), extensions }, mistake)));
  }
}

/** The kind of the operation that a request names. Null when it names none: that is refused when it is run. */
export function kindOf(
  document: DocumentNode,
  { operationName }: Pick<OperationRequest, 'operationName'>,
): OperationTypeNode | null {
  return getOperationAST(document, operationName)?.operation ?? null;
}

/** A client's mistakes, found before anything ran. */
class Refusal extends Error {
  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super('refused');
  }
}
