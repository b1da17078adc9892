import { serviceNames } from '@shop/shared/backing/roster';
import { OpenApiDocument } from '../../rest/contract/openapi-document.js';
import { requestOf } from '../../rest/contract/rest-case.js';
import type { Cell } from './cell.js';
import type { Door, Setting } from '../setting.js';
import { marksIn } from '../marks.js';
import { routes, undocumentedRoutes } from './permissions.js';
import { entriesOfRoute, probeOf } from './route-calls.js';
import type { Caller } from './rules.js';
import type { Scene } from './scene.js';

/** Whatever listens. */
export const doors: readonly Door[] = [...serviceNames, 'gateway'];

/** One thing to ask for at one door. */
export interface RouteDoor {
  readonly door: Door;
  /** `PUT /orders/{id}/status` */
  readonly route: string;
  /** How it is asked. */
  readonly probe: string;
  /** Its entry in the table. */
  readonly entry: string;
}

/** What each document describes, at the door that it is a document of; and what none does, where the table says. */
export async function routeDoors(setting: Setting): Promise<RouteDoor[]> {
  const described = await Promise.all(
    doors.map(async (door) =>
      [...(await OpenApiDocument.of(setting.originOf(door))).operations.keys()].flatMap((route) =>
        entriesOfRoute(route).map((entry) => ({ door, route, probe: entry, entry })),
      ),
    ),
  );
  return [...described.flat(), ...Object.keys(undocumentedRoutes).flatMap(undocumented)];
}

function undocumented(entry: string): RouteDoor[] {
  const [route = '', where = ''] = entry.split(' at ');
  return doors
    .filter((door) => where === 'each' || where === door || (where === 'services' && door !== 'gateway'))
    .map((door) => ({ door, route, probe: route, entry }));
}

interface Asking {
  readonly scene: Scene;
  readonly setting: Setting;
}

/** Sends every request for one caller, one after the other. */
export async function askRoutes(caller: Caller, asked: readonly RouteDoor[], asking: Asking): Promise<Cell[]> {
  const scene = asking.scene.for(caller);
  const cells: Cell[] = [];
  for (const one of asked) cells.push(...(await askOne(caller, one, { ...asking, scene })));
  return cells;
}

async function askOne(
  caller: Caller,
  { door, route, probe, entry }: RouteDoor,
  { scene, setting }: Asking,
): Promise<Cell[]> {
  const { granted, requests } = probeOf(probe);
  const cells: Cell[] = [];
  for (const call of await requests(scene)) {
    const request = requestOf(route, call);
    const { status, text } = await setting.rest(caller, request, door);
    cells.push({
      ...{ caller, at: `REST at ${door}`, by: `${request.method} ${request.path}`, entries: [entry] },
      answers: { granted: [String(granted)], hidden: ['404'], refused: ['401'], forbidden: ['403'] },
      outcome: String(status),
      leaked: marksIn(text, request, scene.things),
    });
  }
  return cells;
}

/** All entries of the routes' table, the documented and the others. */
export const routeTable = { ...routes, ...undocumentedRoutes };
