import { gatewayPort, serviceNames, servicePorts, type ServiceName } from '@shop/shared/backing/roster';

/** Everything of ours that listens. */
export type ProcessName = ServiceName | 'gateway';

/** In the order in which they are started. */
export const processNames: readonly ProcessName[] = [...serviceNames, 'gateway'];

/** On which port each listens. */
export type PortPlan = Readonly<Record<ProcessName, number>>;

/**
 * The contract's ports, moved by `PORT_OFFSET`; the gateway's by `PORT`, when that is given.
 * @throws one sentence for a value that is no port, or two listeners on one port
 */
export function planPorts(environment: Readonly<Record<string, string | undefined>>): PortPlan {
  const offset = wholeNumber('PORT_OFFSET', environment['PORT_OFFSET'], 0) ?? 0;
  const gateway = wholeNumber('PORT', environment['PORT'], 1) ?? gatewayPort + offset;
  const services = Object.fromEntries(serviceNames.map((name) => [name, servicePorts[name] + offset]));
  const plan = { ...services, gateway } as PortPlan;
  for (const name of processNames) {
    if (plan[name] > 65_535)
      throw new Error(`PORT_OFFSET=${offset} moves ${name} to ${plan[name]}; the highest port is 65535.`);
    if (name !== 'gateway' && plan[name] === gateway) {
      throw new Error(`PORT=${gateway} gives the gateway the port of ${name}; choose another PORT, or a PORT_OFFSET.`);
    }
  }
  return plan;
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
