import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { PlannedService } from "../../artifact/plan.ts";
import { SERVICE_TYPES } from "../../description/description.ts";
import { findServiceKind } from "../../services/registry.ts";

export interface FormerService {
  readonly name: string;
  readonly type: string;
  /** Of its data. */
  readonly path: string;
}

/**
 * Data below `directory` of services that the plan does not have, or not of that type: they stay until somebody removes
 * them.
 */
export async function listFormerServices(
  directory: string,
  planned: Readonly<Record<string, PlannedService>>,
): Promise<readonly FormerService[]> {
  const found: FormerService[] = [];
  for (const name of (await readdir(directory)).toSorted()) {
    const now = Object.hasOwn(planned, name) ? planned[name] : undefined;
    const current = now && findServiceKind(now.type).keeps;
    // Of types that keep the same, the first one counts.
    const types = new Map(SERVICE_TYPES.toReversed().map((type) => [findServiceKind(type).keeps, type]));
    for (const [keeps, type] of types) {
      const path = join(directory, name, keeps);
      if (keeps !== current && existsSync(path)) found.push({ name, type, path });
    }
  }
  return found;
}
