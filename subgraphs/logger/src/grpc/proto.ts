import { fileURLToPath } from 'node:url';
import type grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

/** A `LogEntry` of the proto as it is decoded: what was not sent is empty. */
export interface LogEntryMessage {
  readonly level: string;
  readonly service: string;
  readonly message: string;
  readonly timestamp: string;
  readonly trace_id: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface LogReply {
  readonly accepted: number;
}

/** `logger.proto`, loaded. It is documented there. */
export const packageDefinition = protoLoader.loadSync(fileURLToPath(new URL('./logger.proto', import.meta.url)), {
  keepCase: true,
  defaults: true,
});

const NAME = 'shop.logger.v1.Logger';

/** The service of the proto, for a server. */
export function loggerService(): grpc.ServiceDefinition {
  const service = packageDefinition[NAME];
  if (!service || 'format' in service) throw new Error(`logger.proto has no service ${NAME}`);
  return service;
}
