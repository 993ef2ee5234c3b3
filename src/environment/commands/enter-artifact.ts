import { AppError } from "../../errors/app-error.ts";
import { replaceProcess } from "../../system/replace-process.ts";
import { findArtifactScript } from "../application/application-form.ts";
import { GENERATE_CONFIG } from "../settings/generate-config.ts";

export interface ArtifactCall {
  /** Name of a command and its arguments; none: the artifact says what it has. */
  readonly words: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

/**
 * Becomes an artifact that is started by itself (execve(2)), and no child: whoever started this process has started the
 * application. Returns where that would not do, as the command needs an environment.
 * @throws AppError `artifact_unreadable`.
 */
export async function enterArtifact(path: string, { words, env }: ArtifactCall): Promise<void> {
  const [name] = words;
  if (name !== undefined && (await needsEnvironment(path, name))) return;
  replaceProcess({ argv: ["/bin/sh", findArtifactScript(path), ...words], cwd: ".", env });
}

/** Whether an artifact cannot start a command by itself as well as in an environment. */
async function needsEnvironment(path: string, name: string): Promise<boolean> {
  // Only what has a name loads the reader.
  const { readManifest } = await import("../../artifact/open-artifact.ts");
  try {
    const manifest = await readManifest(path);
    return manifest.targets.some(({ plan }) => {
      const command = Object.hasOwn(plan.commands, name) ? plan.commands[name] : undefined;
      if (name === GENERATE_CONFIG && command === undefined) return false;
      const isSupplied = plan.settings !== undefined || plan.services !== undefined;
      return isSupplied || (command !== undefined && command.kind !== "argv");
    });
  } catch (error) {
    // What is wrong with it is said by itself, as where there is no holdall.
    if (error instanceof AppError && error.code.startsWith("artifact_")) return false;
    throw error;
  }
}
