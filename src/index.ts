/** The public library: what hosting services, CI servers and other tools import from `holdall`; docs/library.md. */
import type { AppPackage as OpenedPackage, PackageOptions } from "./environment/app-package/app-package.ts";
import { openAppPackage } from "./environment/app-package/open-app-package.ts";

export type { Artifact } from "./artifact/artifact.ts";
export type {
  CacheCommand,
  CacheReports,
  ListedCache,
  PrunedCache,
  RepairedCache,
  VerifiedCache,
} from "./artifact/cache-reports.ts";
export { type ArtifactDifference, diffArtifacts } from "./artifact/diff-artifacts.ts";
export { type LookAfterOptions, lookAfterCache } from "./artifact/look-after-cache.ts";
export {
  type IdentifiedLayer,
  type Identity,
  type Layer,
  listLayers,
  type Manifest,
  type Target,
} from "./artifact/manifest.ts";
export { openArtifact, readManifest } from "./artifact/open-artifact.ts";
export { packArtifact } from "./artifact/pack-artifact.ts";
export type { Plan } from "./artifact/plan.ts";
export { unpackArtifact } from "./artifact/unpack-artifact.ts";
export { unpackEnvironment } from "./artifact/unpack-environment.ts";
export { verifyArtifact } from "./artifact/verify-artifact.ts";
export { type BuildOptions, type BuiltArtifact, buildArtifact } from "./builder/build-artifact.ts";
export type { BuildEvent } from "./builder/events.ts";
export { findLackingPackages, type LackingPackages } from "./builder/find-lacking-packages.ts";
export { readAppFiles } from "./description/app-files.ts";
export type { Described, Description } from "./description/description.ts";
export { readDescription } from "./description/read-description.ts";
export { renderInitialDescription } from "./description/render/render-initial-description.ts";
export {
  isTargetPlatform,
  parseTargetPlatform,
  type TargetPlatform,
} from "./description/target-platform.ts";
export { keyOf } from "./description/written-names.ts";
export { DEFAULT_ADDRESS } from "./environment/addresses.ts";
export type {
  PackageEvent,
  PackageOptions,
  PackageService,
} from "./environment/app-package/app-package.ts";
export type { DescribedSetting } from "./environment/app-package/described-setting.ts";
export type { StartedProcess, StartOptions } from "./environment/app-package/start-process.ts";
export { type ApplicationForm, findForm } from "./environment/application/application-form.ts";
export { openApplication } from "./environment/application/open-application.ts";
export { type PlannedApplication, readApplication } from "./environment/application/read-application.ts";
export {
  checkRequirements,
  type Requirement,
  type RequirementOptions,
} from "./environment/check-requirements.ts";
export { type ArtifactCall, enterArtifact } from "./environment/commands/enter-artifact.ts";
export { enterCommand } from "./environment/commands/enter-command.ts";
export { type CommandOptions, type CommandResult, runCommand } from "./environment/commands/run-command.ts";
export { type DevelopmentOptions, runDevelopment } from "./environment/development/run-development.ts";
export type { EnvironmentEvent } from "./environment/events.ts";
export type { EnvironmentKind } from "./environment/inject.ts";
export type {
  ObjectWebSocket,
  WebSocketClose,
  WebSocketOptions,
} from "./environment/objects/connect-object.ts";
export type { LoadedObject } from "./environment/objects/load-object.ts";
export {
  type Environment,
  type EnvironmentOptions,
  openEnvironment,
} from "./environment/open-environment.ts";
export { listPresences, type Presence } from "./environment/presence.ts";
export { addressUrl } from "./environment/processes/wait-for-listener.ts";
export { type Address, joinAddress } from "./environment/resolve-argv.ts";
export {
  GENERATE_CONFIG,
  generateConfig,
  type ListedCommand,
  listCommands,
} from "./environment/settings/generate-config.ts";
export { readSettings } from "./environment/settings/read-settings.ts";
export type { PackageInstallation } from "./environment/system-packages/install-system-packages.ts";
export { type TestOptions, type TestOutcome, testApplication } from "./environment/test-application.ts";
export { AppError, type ErrorCode } from "./errors/app-error.ts";
export { choosePlatforms, listNotes, planApplication } from "./platforms/registry.ts";

/** An application, whatever form it has, with an environment of its own. */
export type AppPackage = OpenedPackage;
export const AppPackage = {
  /**
   * @param path - of a checkout, an artifact (sealed or open) or a release.
   * @throws AppError `artifact_unreadable` when there is no such thing. What is wrong inside shows at the first use.
   */
  open: (path: string, options: PackageOptions = {}): Promise<AppPackage> =>
    openAppPackage(path, { env: process.env, ...options }),
} as const;
