import assert from "node:assert/strict";
import { runProcess } from "../../src/system/run-process.ts";
import { start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needProgram } from "../../src/testing/needs.ts";

const PROGRAMS = [["openssl", "version"], ["ssh", "-V"], ["sh", "-c", "echo $LD_LIBRARY_PATH"], ["env"]];

export default defineCase({
  sentence:
    "programs of the system that the application runs get the caller's environment with another PATH, whether a Python is inside or not",
  origin: ["PyInstaller#1759"],
  seenFailing:
    "with LD_LIBRARY_PATH set to the libraries of the Python inside on entering a release, `sh -c 'echo $LD_LIBRARY_PATH'` prints that instead of the caller's",
  async shownBy(place, t) {
    if (!needProgram(t, "openssl") || !needProgram(t, "ssh")) return;
    for (const withPython of [false, true]) {
      const artifact = await place.build({ withPython });
      const env = {
        LD_LIBRARY_PATH: "/srv/own",
        LC_ALL: "C",
        PYTHONHASHSEED: "3",
        SSL_CERT_FILE: "/srv/own.pem",
      };
      const release = (await start(artifact, ["--holdall", "path"])).stdout.trim();
      for (const _ of ["cold", "warm"]) {
        for (const words of PROGRAMS) {
          const direct = await runProcess(words, { cwd: artifact.data, env: { ...artifact.env, ...env } });
          const called = await start(artifact, ["call", ...words], { env });
          assert.deepEqual(tell(called, release), tell(direct, release), words.join(" "));
        }
      }
    }
  },
});

/** Without what a release may add, and the two variables of a shell that was on the way. */
function tell({ status, stdout, stderr }: Awaited<ReturnType<typeof runProcess>>, release: string) {
  const lines = stdout.replace(`PATH=${release}/bin:`, "PATH=").split("\n");
  return { status, stderr, lines: lines.filter((line) => !/^(PWD|OLDPWD|_|SHLVL)=/.test(line)).toSorted() };
}
