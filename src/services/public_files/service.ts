import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { connectDirectory, openDirectory, parseDirectory } from "../files/service.ts";
import type { OpenService, ServiceKind, ServicePlace } from "../service.ts";
import { full } from "../service-errors.ts";

const DEFAULT_QUOTA_BYTES = 1024 ** 3;

export const publicFilesService: ServiceKind = {
  name: "public_files",
  help: "A directory of limited size whose files everybody can get below a URL path.",
  mainVariable: "_DIRECTORY",
  keeps: "files",
  open: async (place) => publish(openDirectory("public_files", join(place.directory, "files"), place), place),
  connect: async (address, place) =>
    publish(connectDirectory("public_files", parseDirectory(address, place), place), place),
};

function publish(opened: OpenService, place: ServicePlace): OpenService {
  const directory = opened.values["_DIRECTORY"]?.value ?? "";
  const quotaBytes = place.quotaBytes ?? DEFAULT_QUOTA_BYTES;
  const check = async () => {
    await opened.check();
    const bytes = await measureFiles(directory);
    if (bytes <= quotaBytes) return;
    const reason = `its files have ${bytes} bytes, ${quotaBytes} are allowed`;
    throw full(place, reason, `Remove files from ${directory}.`);
  };
  return {
    ...opened,
    values: { ...opened.values, _URL: { value: `/${place.name}/`, isSecret: false } },
    published: { path: `/${place.name}`, directory },
    async setUp() {
      await opened.setUp();
      await check();
    },
    check,
  };
}

/** Bytes of all files below; what goes away meanwhile does not count, links have their own length. */
async function measureFiles(directory: string): Promise<number> {
  const found = (await readdir(directory, { withFileTypes: true }).catch(undefinedIfMissing)) ?? [];
  let bytes = 0;
  for (const each of found) {
    const path = join(directory, each.name);
    bytes += each.isDirectory()
      ? await measureFiles(path)
      : ((await lstat(path).catch(undefinedIfMissing))?.size ?? 0);
  }
  return bytes;
}
