import type { CacheReport } from "../commands/cache.ts";
import type { Paint } from "../paint.ts";
import { renderBytes } from "./bytes.ts";
import { renderCount } from "./count.ts";
import { renderTable } from "./table.ts";

type Report<Action> = Extract<CacheReport, { readonly action: Action }>;

export function renderCache(report: CacheReport, paint: Paint): string {
  switch (report.action) {
    case "list":
      return renderListed(report, paint);
    case "verify":
      return [
        ...report.notes.map(renderProblem),
        `${paint("green", "verified")} ${report.cache}: ${renderCount(report.layers, "layer")}, every byte accounted for`,
      ].join("\n");
    case "repair":
      return renderRepaired(report, paint);
    default:
      return renderPruned(report, paint);
  }
}

function renderListed({ cache, releases, layers, sizeBytes }: Report<"list">, paint: Paint): string {
  const rows = releases.map((release) => [
    paint("bold", renderName(release)),
    release.isInUse ? paint("green", "runs") : `used ${release.usedAt ?? "at an unknown time"}`,
    renderBytes(release.sizeBytes),
    paint("dim", release.release),
  ]);
  const counts = `${renderCount(releases.length, "release")}, ${renderCount(layers, "layer")}`;
  return [
    ...(rows.length > 0 ? [renderTable(rows)] : []),
    `${cache}: ${counts}, ${renderBytes(sizeBytes)}`,
  ].join("\n");
}

function renderRepaired(report: Report<"repair">, paint: Paint): string {
  return [
    ...report.problems.map(renderProblem),
    ...report.removed.map((path) => `removed ${path}`),
    ...report.condemned.map((path) => `${path} runs; the next start makes another in its place`),
    ...(report.made === null ? [] : [`whole: ${report.made}`]),
    report.problems.length > 0
      ? `${paint("green", "repaired")} ${report.cache}`
      : `${report.cache}: nothing to repair`,
  ].join("\n");
}

function renderPruned(report: Report<"prune" | "clear">, paint: Paint): string {
  const removed = report.isDryRun ? "would remove" : "removed";
  const builds = renderCount(report.buildFiles, "file");
  return [
    ...report.releases.map((each) => `${removed} ${renderName(each)}, used ${each.usedAt}`),
    ...report.layers.map((each) => `${removed} layer ${renderName(each)}`),
    ...(report.buildFiles > 0 ? [`${removed} ${builds} that builds left`] : []),
    ...(report.isBuilding ? ["kept what builds left: one may be running"] : []),
    ...report.kept.map((each) => paint("dim", `kept ${renderName(each)}: ${each.reason}`)),
    `${report.isDryRun ? "would free" : "freed"} ${renderBytes(report.freedBytes)}`,
  ].join("\n");
}

interface Named {
  readonly name: string | null;
  readonly version: string | null;
  readonly release?: string;
  readonly layer?: string;
}

function renderName({ name, version, release, layer }: Named): string {
  return name === null ? (release ?? layer ?? "") : `${name} ${version}`;
}

function renderProblem({ path, problem }: { readonly path: string; readonly problem: string }): string {
  return `${path}: ${problem}`;
}
