import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type RouteDoor, routeTable } from './ask-routes.js';
import { NOBODY } from './rules.js';
import type { Door, Setting } from '../setting.js';

/** A route that a door serves: `GET /orders/{}`. What its parameters are called is not looked at. */
export interface RunningRoute {
  readonly door: Door;
  readonly route: string;
}

/** Has the processes of a shop say which routes they serve: not what is written about them, but what their routers have. */
export class RouteRecorder {
  private readonly folder = mkdtempSync(join(tmpdir(), 'shop-routes-'));
  private readonly file = join(this.folder, 'routes');

  /** One of the settings of the shop. */
  get nodeOptions(): string {
    const module = pathToFileURL(join(import.meta.dirname, 'record-routes.ts'));
    module.searchParams.set('to', this.file);
    return `--import=${module.href}`;
  }

  /** The routes that run, without what goes with another: HEAD beside GET, and what browsers ask beforehand. */
  read(doors: readonly Door[], setting: Setting): RunningRoute[] {
    const byPort = new Map(doors.map((door) => [Number(new URL(setting.originOf(door)).port), door]));
    const found = readFileSync(this.file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly port: number; readonly method: string; readonly path: string });
    const routes = new Map<string, RunningRoute>();
    for (const { port, method, path } of found) {
      const door = byPort.get(port);
      if (!door) throw new Error(`something of the shop listens on ${port}, which is none of its doors`);
      if (method === 'HEAD' || method === 'OPTIONS') continue;
      const route = `${method} ${shapeOf(path)}`;
      routes.set(`${route} at ${door}`, { door, route });
    }
    return [...routes.values()];
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A path whose parameters have no names, as Fastify or as OpenAPI writes it. */
const shapeOf = (path: string): string => path.replace(/:\w+|\{\w+\}|\*/g, '{}');

/** Where fields are asked, which have a table of their own, and what is answered there by which methods are right. */
const ofTheGraph = /^\w+ \/graphql(?:\/stream)?$/;

const nameOf = ({ door, route }: Pick<RouteDoor, 'door' | 'route'>): string => `${shapeOf(route)} at ${door}`;

/** The routes that run and that the table does not have. */
export function unlisted(running: readonly RunningRoute[], listed: readonly RouteDoor[]): string[] {
  const known = new Set(listed.map(nameOf));
  return running
    .filter(({ route }) => !ofTheGraph.test(route))
    .map(nameOf)
    .filter((name) => !known.has(name));
}

/** The routes that the table has, and that do not run; those that nobody may have must not. */
export function notRunning(running: readonly RunningRoute[], listed: readonly RouteDoor[]): string[] {
  const answers = ({ door, route }: RouteDoor) =>
    running.some((one) => one.door === door && patternOf(one.route).test(shapeOf(route)));
  const missing = listed.filter((one) => routeTable[one.entry] !== NOBODY && !answers(one));
  return [...new Set(missing.map(nameOf))];
}

/** `GET /orders/{}` is where `GET /orders/search` is answered, too, where no other route has it. */
const patternOf = (route: string): RegExp => new RegExp(`^${route.replaceAll('.', '\\.').replaceAll('{}', '[^/]+')}$`);
