import type { Plan } from "../artifact/plan.ts";
import type { AppFiles, Description } from "../description/description.ts";

/** What a platform decides from: nothing else reaches it, so the same input gives the same plan. */
export interface PlanInput {
  readonly description: Description;
  readonly files: AppFiles;
  /**
   * The distributions of the application, sorted by name; known before the build as far as the locks say, with entry
   * points only once they are resolved.
   */
  readonly distributions: readonly Distribution[];
  /** The plan is for a checkout that is being developed: in no artifact, and what it lacks is not locked for it. */
  readonly isDevelopment?: boolean | undefined;
  /** The plan is for an environment in which tests run: what only they need is there. */
  readonly forTests?: boolean | undefined;
}

export interface Distribution {
  /** Normalized as PEP 503 says. */
  readonly name: string;
  readonly version: string;
  /** Named by the description itself, not only needed by another. */
  readonly isRequested: boolean;
  /** `console_scripts` and `gui_scripts`: name to `module:function`. */
  readonly scripts: Readonly<Record<string, string>>;
}

/**
 * How one kind of application is understood: a mixin. The platforms of an application run in the order of the
 * registry, each refines what the ones before decided. To add one: a folder here and a line in registry.ts.
 */
export interface Platform {
  /** What users write after `platform:`. */
  readonly name: string;
  /** One sentence for `holdall init` and the documentation. */
  readonly help: string;
  /** Platforms that come with this one. */
  requires(input: PlanInput): readonly string[];
  /** The file or value that shows that the application is of this kind. Absent: only used when named. */
  detect?(input: PlanInput): string | undefined;
  /**
   * Requirements (PEP 508) that the application lacks to run as this plan says, such as a server. Asked before
   * resolving: `input.distributions` is what the locks know, without entry points.
   */
  requirements?(plan: Plan, input: PlanInput): readonly string[];
  /** What to know of how the application runs: one sentence each, no final period. */
  notes?(input: PlanInput): readonly string[];
  /** Pure. @throws AppError `object_not_found`, `description_invalid`. */
  refine(plan: Plan, input: PlanInput): Plan;
}
