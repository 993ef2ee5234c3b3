import { directoryName, readAppFiles } from "./app-files.ts";
import { describe } from "./describe.ts";
import type { Described } from "./description.ts";

/**
 * Describes the application in a directory.
 * @throws AppError `application_not_found`, `description_invalid`, `description_unreadable`, `file_outside`.
 */
export async function readDescription(directory: string): Promise<Described> {
  return describe(readAppFiles(directory), { directoryName: directoryName(directory) });
}
