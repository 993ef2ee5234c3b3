/** The public library: what hosting services, CI servers and other tools import from `holdall`. */
export type { Artifact } from "./artifact/artifact.ts";
export { type ArtifactDifference, diffArtifacts } from "./artifact/diff-artifacts.ts";
export type { Identity, Layer, Manifest, Target } from "./artifact/manifest.ts";
export { openArtifact } from "./artifact/open-artifact.ts";
export { packArtifact } from "./artifact/pack-artifact.ts";
export type { Plan } from "./artifact/plan.ts";
export { unpackArtifact } from "./artifact/unpack-artifact.ts";
export { verifyArtifact } from "./artifact/verify-artifact.ts";
export { type BuildOptions, type BuiltArtifact, buildArtifact } from "./builder/build-artifact.ts";
export type { BuildEvent } from "./builder/events.ts";
export type { Described, Description } from "./description/description.ts";
export { readDescription } from "./description/read-description.ts";
export { AppError, type ErrorCode } from "./errors/app-error.ts";
