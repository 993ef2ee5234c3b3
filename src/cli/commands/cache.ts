import type { ListedCache, PrunedCache, RepairedCache, VerifiedCache } from "../../artifact/cache-reports.ts";
import { AppError } from "../../errors/app-error.ts";
import { defineCommand } from "../command.ts";

const ACTIONS = ["list", "verify", "repair", "prune", "clear"] as const;
type Action = (typeof ACTIONS)[number];

/** What was asked, and what docs/cache.md says that it gives. */
export type CacheReport =
  | ({ readonly action: "list" } & ListedCache)
  | ({ readonly action: "verify" } & VerifiedCache)
  | ({ readonly action: "repair" } & RepairedCache)
  | ({ readonly action: "prune" | "clear" } & PrunedCache);

/** Which options go with which action, as words of the program. */
const OPTIONS: Readonly<Record<"dry-run" | "older-than" | "keep", readonly Action[]>> = {
  "dry-run": ["prune", "clear"],
  "older-than": ["prune"],
  keep: ["prune"],
};

export const cacheCommand = defineCommand(
  {
    name: "cache",
    summary: "list, verify, repair, prune or clear what started artifacts keep",
    details: [
      "An artifact that starts unpacks itself into the cache of its user, once; builds keep layers there. `list` shows the releases, `verify` compares every file with its digest, `repair` removes what differs, `prune` removes what was not used for 30 days, `clear` all but what runs. What runs, or was started within the last minute, is never removed. What is gone is made again by the next start.",
      "With an artifact, its own program does the same (`./app.holdall --holdall cache`): `verify` also names the damaged files of its layers, and `repair` makes its release anew. See docs/cache.md.",
    ],
    positionals: [
      { name: "action", help: "list, verify, repair, prune or clear", arity: "one", is: ACTIONS },
      {
        name: "artifact",
        help: "the file, or the directory of an open artifact; by default holdall's own program does it",
        arity: "optional",
        is: "file",
      },
    ],
    options: {
      "dry-run": {
        type: "boolean",
        help: "with prune and clear: remove nothing, show what would be removed",
      },
      "older-than": {
        type: "string",
        value: "DURATION",
        help: "with prune: not used for so long, as `12h`, `30d`, `8w`; default 30d",
      },
      keep: {
        type: "string",
        value: "NUMBER",
        help: "with prune: of each application, keep so many releases that were used last",
      },
    },
    examples: [
      { line: "holdall cache list", help: "what is there, and when it was used" },
      { line: "holdall cache verify notes.holdall", help: "exit status 0 when all is right" },
      { line: "holdall cache prune --older-than 8w --dry-run", help: "what would go" },
    ],
  },
  async (args, { env, signal }): Promise<CacheReport> => {
    const { lookAfterCache } = await import("../../artifact/look-after-cache.ts");
    const action = readAction(args.action);
    const words = readOptions(action, args);
    const options = { words, artifact: await openNamed(args.artifact), env, signal };
    if (action !== "verify") return { action, ...(await lookAfterCache(action, options)) } as CacheReport; // by its action
    const verified = await lookAfterCache(action, options);
    if (verified.problems.length === 0) return { action, ...verified };
    throw new AppError({
      code: "cache_damaged",
      message: `cannot vouch for the cache ${verified.cache}: ${verified.problems.length} things differ from their digests`,
      excerpt: verified.problems.map(({ path, problem }) => `${path}: ${problem}`).join("\n"),
      hint: "`holdall cache repair` removes what differs, and the next start makes it anew.",
      details: { problems: verified.problems },
    });
  },
);

async function openNamed(path: string | undefined) {
  if (path === undefined) return undefined;
  const { openArtifact } = await import("../../artifact/open-artifact.ts");
  return openArtifact(path);
}

function readAction(word: string): Action {
  const action = ACTIONS.find((each) => each === word);
  if (action !== undefined) return action;
  throw wrong(`${word} is none of ${ACTIONS.join(", ")}`);
}

function readOptions(
  action: Action,
  args: Readonly<Record<keyof typeof OPTIONS, string | boolean | undefined>>,
): string[] {
  return Object.entries(OPTIONS).flatMap(([name, actions]) => {
    const value = args[name as keyof typeof OPTIONS]; // a key of the table
    if (value === undefined || value === false) return [];
    if (!actions.includes(action)) throw wrong(`--${name} goes with ${actions.join(" and ")}`);
    const isRight = name === "keep" ? /^\d{1,6}$/ : /^\d{1,6}[smhdw]$/;
    if (typeof value === "string" && !isRight.test(value)) {
      const wanted = name === "keep" ? "a number" : "a number with s, m, h, d or w";
      throw wrong(`--${name} is "${value}", not ${wanted}`);
    }
    return value === true ? [`--${name}`] : [`--${name}`, value];
  });
}

function wrong(reason: string): AppError {
  return new AppError({
    code: "usage_wrong",
    message: `cannot look after the cache: ${reason}`,
    hint: "`holdall help cache` shows how it is used.",
  });
}
