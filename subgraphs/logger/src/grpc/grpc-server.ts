import grpc from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { StopTime } from '@shop/shared/lifecycle/stop-time';
import type { Component } from '@shop/shared/lifecycle/system';
import { StartError } from '@shop/shared/lifecycle/start-error';
import { BODY_LIMIT } from '@shop/shared/http/web-server';
import { loggerService, packageDefinition } from './proto.js';

interface GrpcServerOptions {
  readonly host: string;
  readonly port: number;
  readonly handlers: grpc.UntypedServiceImplementation;
}

/** The gRPC door: `logger.proto`, and server reflection, by which clients find out what it has to offer. */
export class GrpcServer implements Component {
  readonly name = 'gRPC server';
  private server: grpc.Server | undefined;

  constructor(private readonly options: GrpcServerOptions) {}

  async start(): Promise<void> {
    const { host, port, handlers } = this.options;
    const server = new grpc.Server({ 'grpc.max_receive_message_length': BODY_LIMIT });
    server.addService(loggerService(), handlers);
    new ReflectionService(packageDefinition).addToServer(server);
    await new Promise<void>((resolve, reject) => {
      const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
      server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error) => {
        if (error) reject(new StartError(`gRPC can't listen on ${address}: ${error.message}`));
        else resolve();
      });
    });
    this.server = server;
  }

  /** Takes no new calls and lets those in flight end; what takes longer is cut off. */
  async stop(time = new StopTime()): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    const cutOff = setTimeout(() => server.forceShutdown(), time.leftFor('answers'));
    await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    clearTimeout(cutOff);
  }
}
