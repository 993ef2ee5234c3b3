import type { AppFiles, PipSource } from "../description.ts";
import type { WrittenDescription } from "../parse/parse-description.ts";
import { type Detected, type Found, found } from "./detected.ts";
import { detectDjango } from "./django.ts";
import { detectProcfile } from "./procfile.ts";
import { declaresDependencies, detectPyproject } from "./pyproject.ts";
import { detectRequirements } from "./requirements.ts";
import { detectSetuptools, setupCfgDeclaresDependencies } from "./setup-cfg.ts";
import { detectTests } from "./tests.ts";

/**
 * All that the files tell. Of two that tell the same, the earlier here is believed. What somebody wrote is not looked
 * for, so that writing it is the way out when a file cannot be understood.
 */
export function detect(files: AppFiles, written: WrittenDescription): Detected {
  const merged: Record<string, unknown> = {};
  const parts = [
    detectPyproject(files, written.pip),
    detectSetuptools(files),
    detectRequirements(files),
    written.processes === undefined ? detectProcfile(files) : {},
    detectDjango(files),
    written.testPip === undefined ? { testPip: detectTests(files) } : {},
  ];
  for (const part of parts) {
    for (const [field, value] of Object.entries(part)) merged[field] ??= value;
  }
  // Each value went under the key that it came from.
  const detected = merged as Detected;
  return written.pip === undefined ? { ...detected, pip: withRequirements(detected.pip, files) } : detected;
}

/** A distribution whose metadata says nothing of its dependencies often has them in a requirement file. */
function withRequirements(pip: Found<readonly PipSource[]> | undefined, files: AppFiles): typeof pip {
  const isProject = pip?.value.some(({ kind }) => kind === "project") ?? false;
  if (!pip || !isProject || declaresDependencies(files) || setupCfgDeclaresDependencies(files)) return pip;
  const requirements = detectRequirements(files).pip;
  if (!requirements) return pip;
  return found([...pip.value, ...requirements.value], `${pip.origin.source}, ${requirements.origin.source}`);
}
