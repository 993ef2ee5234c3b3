import type { OnBuildEvent } from "../../builder/events.ts";
import type { Context } from "../command.ts";
import { describeBuildEvent } from "../render/build-event.ts";

/** Shows what a build tells, and the preparation of a checkout. */
export function reportBuilding({ onProgress }: Pick<Context, "onProgress">): OnBuildEvent {
  return (event) => {
    const progress = describeBuildEvent(event);
    if (progress) onProgress(progress);
  };
}
