import { join, resolve } from "node:path";
import type { OnBuildEvent } from "../../builder/events.ts";
import { USUAL_GRACE_MS } from "../../system/guarded-process.ts";
import { findForm } from "../application/application-form.ts";
import { openApplication } from "../application/open-application.ts";
import type { CheckoutOptions } from "../application/open-checkout.ts";
import type { Runnable } from "../application/runnable.ts";
import { planDirectories } from "../directories/directories.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import { checkProcessNames } from "../processes/check-process-names.ts";
import { USUAL_POLICY } from "../processes/restart-policy.ts";
import type { Address } from "../resolve-argv.ts";
import type { SettingOptions } from "../settings/gather-settings.ts";
import { SETTINGS_FILE } from "../settings/settings-file.ts";
import { claimEnvironment } from "./claim-environment.ts";
import { keepInStep } from "./keep-in-step.ts";
import { type Migrate, offerMigrations } from "./offer-migration.ts";
import { openSession, type SessionOptions } from "./session.ts";
import { type FileWatcher, watchFiles } from "./watch-files.ts";

export interface DevelopmentOptions
  extends Omit<CheckoutOptions, "directory" | "isDevelopment" | "onEvent">,
    Omit<SettingOptions, "env"> {
  /** Absolute path of a checkout, an artifact or a release. */
  readonly application: string;
  /** Absolute; default: the checkout, and for the others `workingDirectory`. */
  readonly base?: string | undefined;
  /** Absolute. */
  readonly workingDirectory: string;
  /** Where `web` listens. */
  readonly address: Address;
  /** Names of processes; default: all. */
  readonly only?: readonly string[] | undefined;
  /** Whether changes of a checkout's files start its processes again. */
  readonly reload: boolean;
  readonly migrate: Migrate;
  /** Ends it in order. */
  readonly signal: AbortSignal;
  readonly onBuildEvent?: OnBuildEvent | undefined;
  readonly onEvent: OnEnvironmentEvent;
}

export interface EndedDevelopment {
  readonly kind: "stopped";
  readonly application: string;
  readonly version: string;
}

/** Files that are in no artifact and yet say how the application runs. */
const DESCRIPTIONS = ["holdall.yaml", "holdall.yml", "holdall.lock"];
/** A change is about to come: a traceback three times is enough. */
const PATIENT_POLICY = { ...USUAL_POLICY, attempts: 3 };

/**
 * Runs all of an application until the signal says otherwise: then everything is ended in order, and nothing of it is left.
 * @throws AppError as openApplication() and openEnvironment() do; `process_not_found`, `command_failed` of a migration; without
 * `reload` `process_failed`. The signal's reason, when it comes before the application runs.
 */
export async function runDevelopment(options: DevelopmentOptions): Promise<EndedDevelopment> {
  const { application, signal, onEvent } = options;
  const prepare = () =>
    openApplication(application, { ...options, isDevelopment: true, onEvent: options.onBuildEvent });
  const runnable = await prepare();
  checkProcessNames(runnable, options.only);
  const watcher = options.reload ? await watchCheckout(options) : undefined;
  try {
    const base = options.base ?? (runnable.kind === "checkout" ? application : options.workingDirectory);
    const directories = planDirectories(base, runnable.kind);
    const claim = await claimEnvironment(directories, { graceMs: USUAL_GRACE_MS, signal, onEvent });
    try {
      if (!claim.isFirst()) tellWhatIsLeftOut(runnable, onEvent);
      const sessions = planSession({ ...options, base, isFirst: claim.isFirst });
      const { migrate } = options;
      const migrations = offerMigrations({ migrate, graceMs: USUAL_GRACE_MS, signal, onEvent });
      const first = await openSession(runnable, sessions, migrations.first);
      await keepInStep(first, { ...sessions, prepare, watcher, turn: claim.turn, signal, migrations });
    } finally {
      await claim.release();
    }
    return { kind: "stopped", application: runnable.name, version: runnable.version };
  } finally {
    watcher?.close();
  }
}

function planSession(
  options: DevelopmentOptions & Pick<SessionOptions, "base" | "isFirst">,
): SessionOptions & { readonly signal: AbortSignal } {
  const { only, address, env, settingsFile, set = [], signal, onEvent, base, isFirst, reload } = options;
  return {
    ...{ base, isFirst, only, address, env, settingsFile, set, signal, onEvent },
    ...{ graceMs: USUAL_GRACE_MS, policy: reload ? PATIENT_POLICY : USUAL_POLICY },
  };
}

function tellWhatIsLeftOut({ plan }: Runnable, onEvent: OnEnvironmentEvent): void {
  const left = [plan.schedule && "the schedule", plan.mail && "mail"].filter((each) => each !== undefined);
  if (left.length === 0) return;
  const message = `another \`holdall dev\` runs in this environment and has ${left.join(" and ")} until it ends`;
  onEvent({ kind: "note", message });
}

/** Undefined for what cannot change: artifacts and releases. */
async function watchCheckout({
  application,
  base = application,
  settingsFile = join(base, SETTINGS_FILE),
  workingDirectory,
  onEvent,
}: DevelopmentOptions): Promise<FileWatcher | undefined> {
  if (findForm(application) !== "checkout") return undefined;
  return watchFiles(application, {
    also: [...DESCRIPTIONS.map((name) => join(application, name)), resolve(workingDirectory, settingsFile)],
    onWarning: (message) => onEvent({ kind: "warning", message }),
  });
}
