import assert from "node:assert/strict";
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeArtifactToStart, start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";

const EVIL = `'"$(touch pwned)\`touch pwned\`; touch pwned & | > x * ~ \\ #`;

export default defineCase({
  sentence:
    "quotes, substitutions and other signs of a shell in names and words of commands, settings, arguments, the file and the cache are that text and nothing else",
  origin: ["CWE-78"],
  seenFailing:
    "with words whose single quotes are not escaped, the ready file is no longer what it was and the commands do not run",
  async shownBy(place, t) {
    const artifact = await place.build();
    const directory = join(artifact.data, EVIL.replaceAll("/", ""));
    await mkdir(directory);
    const file = join(directory, `${EVIL}.holdall`);
    await copyFile(artifact.path, file);
    const env = { HOLDALL_CACHE: join(directory, `cache ${EVIL}`), HOST: EVIL, PORT: "$(touch pwned)" };
    for (const by of [[], ["bash", "--posix"], ["busybox", "ash"]]) {
      const say = async (...words: string[]): Promise<string[]> => {
        const { stdout, stderr } = await start(artifact, words, { by, as: file, env, cwd: directory });
        return JSON.parse(stdout || stderr) as string[]; // of the application here
      };
      const words = [EVIL, "", "a\nb", "-x", "$0", "\\"];
      assert.deepEqual(await say("say", ...words), words);
      const odd = await say("odd", EVIL);
      const own = [
        "$(touch pwned)",
        "`touch pwned`",
        "'; touch pwned; '",
        '"$HOME"',
        "a\nb",
        "{{x}}",
        "*",
        "~",
      ];
      assert.deepEqual(odd.toSpliced(8, 1), [...own, EVIL]);
      assert.match(odd[8] ?? "", /\/app$/);
      assert.deepEqual(await say("listen"), [`${EVIL}:$(touch pwned)`, `--x=${EVIL}$(touch pwned)`]);
      const unknown = await start(artifact, [EVIL], { by, as: file, env, cwd: directory });
      assert.equal(unknown.status, 2);
      assert.deepEqual(
        (await readdir(directory)).toSorted(),
        [`${EVIL}.holdall`, `cache ${EVIL}`].toSorted(),
      );
    }
    // A description cannot have such a name, an artifact of somebody else can.
    const name = EVIL.replaceAll(/[ "\\]/g, "");
    const argv = ["python", "-c", "print('named')"];
    const command = { kind: "argv", argv, help: EVIL, origin: "own" } as const;
    const other = await makeArtifactToStart(t, { plan: { commands: { [name]: command } } });
    for (const _ of ["cold", "warm"]) assert.equal((await start(other, [name])).stdout, "named\n");
    assert.deepEqual(await readdir(other.data), []);
    assert.deepEqual(await readdir(artifact.data), [directory.slice(artifact.data.length + 1)]);
  },
});
