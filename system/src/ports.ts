import { gatewayPort, loggerGrpcPort, serviceNames, servicePorts, type ServiceName } from '@shop/shared/backing/roster';

/** Every process of ours. */
export type ProcessName = ServiceName | 'gateway';

/** In the order in which they are started. */
export const processNames: readonly ProcessName[] = [...serviceNames, 'gateway'];

/** Everything of ours that listens. */
export type ListenerName = ProcessName | 'logger gRPC';

export const listenerNames: readonly ListenerName[] = [...processNames, 'logger gRPC'];

/** On which port each listens. */
export type PortPlan = Readonly<Record<ListenerName, number>>;

/**
 * The contract's ports, moved by `PORT_OFFSET`; the gateway's by `PORT`, and the logger's for gRPC by `GRPC_PORT`, when
 * those are given.
 * @throws one sentence for a value that is no port, or two listeners on one port
 */
export function planPorts(environment: Readonly<Record<string, string | undefined>>): PortPlan {
  const offset = wholeNumber('PORT_OFFSET', environment['PORT_OFFSET'], 0) ?? 0;
  const gateway = wholeNumber('PORT', environment['PORT'], 1) ?? gatewayPort + offset;
  const services = Object.fromEntries(serviceNames.map((name) => [name, servicePorts[name] + offset]));
  const grpc = wholeNumber('GRPC_PORT', environment['GRPC_PORT'], 1) ?? movedAround(loggerGrpcPort + offset);
  const plan = { ...services, gateway, 'logger gRPC': grpc } as PortPlan;
  for (const name of listenerNames) {
    if (plan[name] > 65_535)
      throw new Error(`PORT_OFFSET=${offset} moves ${name} to ${plan[name]}; the highest port is 65535.`);
    if (name !== 'logger gRPC' && plan[name] === grpc) {
      throw new Error(`GRPC_PORT=${grpc} is the port of ${name}; choose another GRPC_PORT, or a PORT_OFFSET.`);
    }
    if (name !== 'gateway' && plan[name] === gateway) {
      throw new Error(`PORT=${gateway} gives the gateway the port of ${name}; choose another PORT, or a PORT_OFFSET.`);
    }
  }
  return plan;
}

/** The highest port is not far above the usual one for gRPC: past it, it goes on from the lowest that anybody may use. */
function movedAround(port: number): number {
  return port > 65_535 ? port - 65_536 + 1_024 : port;
}

/** Settings by which a launcher's listeners get out of the way of those of `plan`, as one writes them before a command. */
export function elsewhere(plan: PortPlan): string {
  const offset = plan.auth - servicePorts.auth;
  const next = Math.max(...Object.values(servicePorts)) + offset + 100 <= 65_535 ? offset + 100 : offset - 100;
  const ownPort = plan.gateway !== gatewayPort + offset;
  return ownPort ? `PORT_OFFSET=${next} PORT=${otherGatewayPort(plan)}` : `PORT_OFFSET=${next}`;
}

/** A port for the gateway near the one that `plan` gives it, and none of a service. */
export function otherGatewayPort(plan: PortPlan): number {
  const step = plan.gateway > 60_000 ? -1 : 1;
  let port = plan.gateway + step;
  while (Object.values(plan).includes(port)) port += step;
  return port;
}

function wholeNumber(name: string, value: string | undefined, minimum: number): number | undefined {
  if (value === undefined || value === '') return undefined;
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535 || Number(value) < minimum) {
    throw new Error(`${name} must be a whole number from ${minimum} to 65535, and is "${value}".`);
  }
  return Number(value);
}
