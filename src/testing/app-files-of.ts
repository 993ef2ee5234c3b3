import type { AppFiles } from "../description/description.ts";

/** An application whose files are texts in memory: path to text. */
export function appFilesOf(texts: Readonly<Record<string, string>>): AppFiles {
  return {
    has: (path) => Object.hasOwn(texts, path),
    read: (path) => (Object.hasOwn(texts, path) ? texts[path] : undefined),
    list(directory) {
      const start = directory === "." || directory === "" ? "" : `${directory.replace(/\/$/, "")}/`;
      const names = Object.keys(texts)
        .filter((path) => path.startsWith(start))
        .map((path) => path.slice(start.length).replace(/\/.*$/, "/"));
      return [...new Set(names)].sort();
    },
  };
}
