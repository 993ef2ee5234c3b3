import type { Plan } from "../../artifact/plan.ts";
import type { OnBuildEvent } from "../events.ts";
import type { FileContents } from "./application-layer.ts";

/** Warns of directories from which a web server shall serve files, and of which nothing is in the artifact. */
export function warnOfEmpty(
  plan: Pick<Plan, "static">,
  contents: FileContents,
  { onEvent }: { readonly onEvent: OnBuildEvent },
): void {
  const paths = Object.keys(contents);
  for (const [url, directory] of Object.entries(plan.static ?? {})) {
    const inside = directory === "." ? "app" : `app/${directory}`;
    // The directory may be a link to another one.
    if (paths.some((path) => path === inside || path.startsWith(`${inside}/`))) continue;
    const message = `nothing can be served below ${url}: the application has no files in ${directory}`;
    onEvent({ kind: "warning", message });
  }
}
