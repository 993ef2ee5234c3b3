import type { Contender } from "./contender.ts";
import { holdall, holdallInside, holdallUnchecked } from "./holdall.ts";
import { pex, pexCompiled, pexVenv } from "./pex.ts";
import { pyinstallerDirectory, pyinstallerFile } from "./pyinstaller.ts";
import { shiv } from "./shiv.ts";
import { venv } from "./venv.ts";

/** In the order of rows. */
export const CONTENDERS: readonly Contender[] = [
  venv,
  holdall,
  holdallUnchecked,
  holdallInside,
  pex,
  pexVenv,
  pexCompiled,
  shiv,
  pyinstallerFile,
  pyinstallerDirectory,
];
