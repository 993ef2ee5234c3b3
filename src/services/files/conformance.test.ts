import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testConformance, type Values } from "../../testing/service-conformance.ts";
import { publicFilesService } from "../public_files/service.ts";
import { filesService } from "./service.ts";

const pathOf = ({ _DIRECTORY: directory = "" }: Values, name: string) => join(directory, name);

for (const kind of [filesService, publicFilesService]) {
  testConformance({
    kind,
    write: async (values, name, text) => writeFileSync(pathOf(values, name), text),
    read: async (values, name) =>
      existsSync(pathOf(values, name)) ? readFileSync(pathOf(values, name), "utf8") : undefined,
    wrongAddresses: ["", "https://ada:SECRET@example.org/", "a\0SECRET"],
    nowhere: (directory) => join(directory, "missing"),
    spoil: (backup) => renameSync(join(backup, "files"), join(backup, "elsewhere")),
  });
}
