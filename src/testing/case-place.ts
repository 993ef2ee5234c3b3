import { cpSync, existsSync, globSync, readFileSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { TestContext } from "node:test";
import type { BuildOptions, BuiltArtifact } from "../builder/build-artifact.ts";
import { type ArtifactToStart, PATH } from "./artifact-to-start.ts";
import { makeWorkshop, TOOLS, type Workshop } from "./build-fixture.ts";
import { packTestInterpreter } from "./inside.ts";
import {
  makeWheel,
  type PackageIndex,
  startPackageIndex,
  type Wheel,
  type WheelContent,
} from "./package-index.ts";
import { makeDirectory } from "./small-artifact.ts";

/** Where a case happens: its application, its wheels on an index of their own, a cache and a data directory. */
export interface CasePlace {
  /** Of the application: a copy of the case's `app/`. */
  readonly workshop: Workshop;
  /** Has the case's wheels; what it has not comes from the machine's index. */
  readonly index: PackageIndex;
  /** One that cannot lie in the folder, as it has what was compiled here. */
  addWheel(content: WheelContent): void;
  /** Builds the application into a directory of its own, ready to be started by `start` of artifact-to-start.ts. */
  build(options?: Partial<BuildOptions>): Promise<BuiltCase>;
}

export interface BuiltCase extends ArtifactToStart {
  readonly built: BuiltArtifact;
}

export async function openCasePlace(t: TestContext, directory: string): Promise<CasePlace> {
  const wheels = readWheels(join(directory, "wheels"));
  const index = await startPackageIndex(t, wheels);
  const workshop = await makeWorkshop(t, {});
  const application = join(directory, "app");
  if (existsSync(application)) cpSync(application, workshop.directory, { recursive: true });
  // uv asks this one first, and the machine's own for what it has not.
  const env = { ...process.env, HOME: workshop.home, UV_HTTP_RETRIES: "0", UV_INDEX: index.url };
  return {
    ...{ workshop, index },
    addWheel(content) {
      wheels.push(makeWheel(content));
    },
    async build(options) {
      const kept = options?.withPython === true ? { cacheDirectory: await packInterpreterOnce() } : {};
      const root = await makeDirectory(t);
      const built = await workshop.build({ env, outputDirectory: root, ...kept, ...options });
      const [cache, data] = [join(root, "cache"), join(root, "data")];
      await mkdir(data);
      return {
        ...{ built, path: built.path, identity: built.identity, cache, data },
        env: { HOLDALL_CACHE: cache, PATH },
      };
    },
  };
}

/** The Python inside is the same for all cases. @returns the cache that has it. */
function packInterpreterOnce(): Promise<string> {
  packing ??= packTestInterpreter().then(() => TOOLS);
  return packing;
}

let packing: Promise<string> | undefined;

/**
 * A folder `NAME-VERSION` or `NAME-VERSION-TAG` is a wheel: its files are what the wheel has. `wheel.json` in it may
 * have `requires`, `entryPoints`, `record` and `mode` of WheelContent.
 */
function readWheels(directory: string): Wheel[] {
  const folders = globSync("*-*/", { cwd: directory }).toSorted();
  return folders.map((folder) => readWheel(join(directory, folder)));
}

function readWheel(folder: string): Wheel {
  const [, name = "", version = "", tag] = /^([^-]+)-([^-]+)(?:-(.+))?$/.exec(basename(folder)) ?? [];
  const paths = globSync("**", { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile());
  const files = paths
    .filter((path) => path !== "wheel.json")
    .toSorted()
    .map((path) => [path, readFileSync(join(folder, path))] as const);
  const more = paths.includes("wheel.json")
    ? (JSON.parse(readFileSync(join(folder, "wheel.json"), "utf8")) as Partial<WheelContent>) // written by hand, here
    : {};
  return makeWheel({ name, version, ...(tag && { tag }), files: Object.fromEntries(files), ...more });
}
