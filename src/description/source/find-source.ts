import { AppError } from "../../errors/app-error.ts";
import type { AppFiles } from "../description.ts";
import { refusalAt, type Source } from "./source.ts";

export const DESCRIPTION_FILE = "holdall.yaml";
const PYPROJECT = "pyproject.toml";
const MAX_BYTES = 1024 * 1024;

/** The one place where the description is written; undefined when nobody wrote one, which is the normal case. */
export async function findSource(files: AppFiles): Promise<Source | undefined> {
  const [yaml, table] = [await yamlSource(files), await pyprojectSource(files)];
  if (yaml !== undefined && table !== undefined) {
    throw refusalAt(yaml, `${PYPROJECT} has a [tool.holdall] as well`, undefined, {
      hint: "Move all keys to one of the two.",
    });
  }
  return yaml ?? table;
}

async function yamlSource(files: AppFiles): Promise<Source | undefined> {
  if (files.has("holdall.yml") && !files.has(DESCRIPTION_FILE)) {
    throw new AppError({
      code: "description_invalid",
      message: `cannot read holdall.yml: the description's name is ${DESCRIPTION_FILE}`,
      hint: `Run \`mv holdall.yml ${DESCRIPTION_FILE}\`.`,
      details: { file: "holdall.yml" },
    });
  }
  const text = files.read(DESCRIPTION_FILE);
  if (text === undefined) return undefined;
  checkSize(text, DESCRIPTION_FILE);
  const { parseYamlSource } = await import("./yaml-source.ts"); // 40 ms
  const source = parseYamlSource(text.replace(/^\ufeff/, ""), DESCRIPTION_FILE);
  return hasContent(source.value) ? source : undefined;
}

async function pyprojectSource(files: AppFiles): Promise<Source | undefined> {
  const text = files.read(PYPROJECT);
  if (text === undefined || !text.includes("holdall")) return undefined;
  checkSize(text, PYPROJECT);
  const { parseToml, tomlSource } = await import("./toml-source.ts");
  const { tool } = parseToml(text, PYPROJECT);
  const value = typeof tool === "object" && tool !== null && "holdall" in tool ? tool.holdall : undefined;
  return hasContent(value) ? tomlSource(text, PYPROJECT, value, ["tool", "holdall"]) : undefined;
}

function hasContent(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function checkSize(text: string, file: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_BYTES) return;
  const message = `cannot read ${file}: it has ${bytes} bytes, more than ${MAX_BYTES}`;
  throw new AppError({ code: "description_unreadable", message, details: { file } });
}
