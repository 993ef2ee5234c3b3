import type { Plan, PlannedObject, Word } from "../../artifact/plan.ts";
import type { PlanInput } from "../platform.ts";
import { findRequestedNames } from "../python/requested-names.ts";
import { SERVERS } from "./servers.ts";

/** The argv that serves an object where the environment says; undefined for one that no server loads. */
export function planServer(object: PlannedObject, input: PlanInput): readonly Word[] | undefined {
  const names = findRequestedNames(input);
  const able = SERVERS.filter((server) => server.interface === object.interface);
  const server = able.find(({ name }) => names.has(name)) ?? able[0];
  return server && [...server.start(input), ...(server.listen?.words ?? []), ...server.target(object)];
}

/** Requirements of the servers that processes of the plan start, as far as the application lacks them. */
export function findLackedServers(plan: Plan, input: PlanInput): readonly string[] {
  const names = findRequestedNames(input);
  const argvs = Object.values(plan.processes).map(({ argv }) => argv);
  return SERVERS.filter((server) => {
    const start = server.start(input);
    return !names.has(server.name) && argvs.some((argv) => start.every((word, at) => argv[at] === word));
  }).flatMap(({ requirements }) => requirements);
}
