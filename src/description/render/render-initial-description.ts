import type { Description, Origins } from "../description.ts";
import { FIELDS } from "../schema/schema.ts";
import { DESCRIPTION_FILE } from "../source/find-source.ts";
import { fieldOf } from "../written-names.ts";
import { renderEntry } from "./render-yaml.ts";
import { writtenForm } from "./written-form.ts";

const HEADER = [
  "# How holdall understands this application; `holdall check` says it in full.",
  "# A key that is commented out is found in the application's files, or shows an example.",
];

/** Keys that the application's own files keep saying: written here as well, the two would drift apart. */
const FOLLOWED = new Set(["version", "python", "pip", "test_pip", "commands"]);

const WIDTH = 100;

/**
 * The holdall.yaml that `holdall init` writes: what was inferred and from where, and every other key as an example.
 * Describing the application with it gives the same description.
 */
export function renderInitialDescription(description: Description, origins: Origins): string {
  const written = writtenForm(description);
  const blocks = FIELDS.map(({ name, help, default: otherwise, example }) => {
    const origin = origins[fieldOf(name)];
    const value = origin?.source === "default" ? undefined : written[name];
    const lines = value === undefined ? example.split("\n") : renderEntry(name, value);
    if (value === undefined || origin === undefined) {
      return [...comment(`${help} Otherwise: ${otherwise}.`), ...lines.map((line) => `# ${line}`)];
    }
    const isOwn = origin.source === DESCRIPTION_FILE || origin.source === "pyproject.toml";
    if (isOwn) return [...comment(help), ...lines];
    if (!FOLLOWED.has(name)) return [...comment(help), ...comment(`Found: ${origin.source}.`), ...lines];
    return [
      ...comment(help),
      ...comment(`Follows ${origin.source}, until it is written here:`),
      ...lines.map((line) => `# ${line}`),
    ];
  });
  return `${[HEADER, ...blocks].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function comment(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "#";
  for (const word of text.replaceAll("`", "").split(" ")) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
