/** The parts of a build that a person can wait for, in their usual order. Those that find nothing to do say nothing. */
export type BuildStep =
  | "find-python"
  | "run-build-commands"
  | "fetch-uv"
  | "resolve"
  | "install"
  | "build-project"
  | "pack-interpreter"
  | "compile"
  | "check-imports"
  | "write-artifact";

/** What a build tells while it runs. Texts hold no credentials: see `redact`. */
export type BuildEvent =
  | {
      readonly kind: "step-started";
      readonly step: BuildStep;
      /** What it works on: `Python 3.11.2`, `make assets`, a file name. */
      readonly subject?: string;
      /** Of the things it works through: distributions, layers. */
      readonly count?: number;
    }
  | {
      readonly kind: "step-ended";
      readonly step: BuildStep;
      readonly subject?: string;
      readonly count?: number;
    }
  /** A line of a program that the build runs. */
  | { readonly kind: "step-output"; readonly step: BuildStep; readonly line: string }
  /** Something to know that is as it should be: one sentence, no final period. */
  | { readonly kind: "note"; readonly message: string }
  /** Something to look at that stops nothing: one sentence, no final period. */
  | { readonly kind: "warning"; readonly message: string };

export type OnBuildEvent = (event: BuildEvent) => void;
