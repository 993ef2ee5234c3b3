import { parse } from "smol-toml";
import type { Command, Word } from "../../artifact/plan.ts";
import type { AppFiles } from "../../description/description.ts";
import { parseIni } from "../../description/detect/setup-cfg.ts";
import { tableAt, textsOf } from "../../description/detect/table.ts";
import { plannedWord } from "../../description/words.ts";
import type { PlanInput } from "../platform.ts";
import { findTestNames } from "./requested-names.ts";

const MARKS = ["pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "conftest.py"];
const PLACES = ["tests", "test"];

/**
 * How the tests are run of an application that shows pytest, where pytest is: by itself it looks for them in the working
 * directory, where data are. Nothing is written beside them.
 */
export function planTests(input: PlanInput): Command | undefined {
  // Plug-ins bring it.
  if (![...findTestNames(input)].some((name) => /^pytest(?:-|$)/.test(name))) return undefined;
  const places = findTestPlaces(input.files);
  if (places === undefined) return undefined;
  const argv = ["python", "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", "{app}", ...places];
  return { kind: "argv", argv, help: "Run the tests.", origin: "platform" };
}

/** What pytest would look through when it was started in the application's directory; undefined: nothing shows tests. */
function findTestPlaces(files: AppFiles): readonly Word[] | undefined {
  const told = findTold(files);
  if (told !== undefined && told.length > 0) return told.map((place) => `{app}/${plannedWord(place)}`);
  const [usual] = PLACES.filter((place) =>
    files.list(place).some((name) => /^(?:test_.*|.*_test|conftest)\.py$/.test(name)),
  );
  if (told !== undefined || MARKS.some((mark) => files.has(mark))) return ["{app}"];
  return usual === undefined ? undefined : [`{app}/${usual}`];
}

/** `testpaths` of the configuration of pytest; empty where that says nothing of it, undefined where there is none. */
function findTold(files: AppFiles): readonly string[] | undefined {
  const tool = tableAt(parseToml(files.read("pyproject.toml") ?? ""), "tool", "pytest");
  const table = { ...tool, ...tableAt(tool, "ini_options") };
  const ini = [
    parseIni(files.read("pytest.ini") ?? "").get("pytest.testpaths"),
    parseIni(files.read("tox.ini") ?? "").get("pytest.testpaths"),
    parseIni(files.read("setup.cfg") ?? "").get("tool:pytest.testpaths"),
  ].find((text) => text !== undefined);
  const listed = ini ?? table["testpaths"];
  const texts = typeof listed === "string" ? listed.split(/\s+/) : textsOf(listed);
  const found = texts?.filter((text) => isPlace(text) && files.list(text).length > 0);
  return found ?? (Object.keys(table).length > 0 ? [] : undefined);
}

/** Inside the application, and not a pattern. */
function isPlace(text: string): boolean {
  return /^[^/*?[]+(?:\/[^/*?[]+)*\/?$/.test(text) && !text.split("/").includes("..");
}

function parseToml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return {}; // describing the application refuses it, with line and column
  }
}
