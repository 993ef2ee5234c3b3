import assert from "node:assert/strict";
import { test } from "node:test";
import { appFilesOf } from "../../testing/app-files-of.ts";
import { detectProcfile } from "./procfile.ts";

const SHELL = ["sh", "-c", 'cd "$1" && exec sh -c "$2"', "sh", "{app}"];
const ADDRESS = ["env", "HOST={host}", "PORT={port}"];

/** A line, and the argv of its process. */
const CASES: readonly (readonly [line: string, argv: readonly string[]])[] = [
  ["web: gunicorn -b :$PORT 'shop:app'", ["gunicorn", "-b", ":{port}", "shop:app"]],
  ["web: flask db upgrade; gunicorn shop:app", [...ADDRESS, ...SHELL, "flask db upgrade; gunicorn shop:app"]],
  ["web: cd src && python serve.py  ", [...ADDRESS, ...SHELL, "cd src && python serve.py"]],
  ["worker: rq worker | tee log", [...SHELL, "rq worker | tee log"]],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's
  ["api: serve $WORKERS -p ${PORT}", [...ADDRESS, ...SHELL, "serve $WORKERS -p ${{PORT}}"]],
  ["worker: DEBUG=1 python work.py", [...SHELL, "DEBUG=1 python work.py"]],
  ['worker: echo `date` {port} {"a": 1}', [...SHELL, 'echo `date` {{port}} {{"a": 1}}']],
  ["worker: echo '$a; b'", ["echo", "$a; b"]],
  ['worker: echo "$(date)"', [...SHELL, 'echo "$(date)"']],
  ["worker: run --env=a=b", ["run", "--env=a=b"]],
];

for (const [line, argv] of CASES) {
  test(`reads ${JSON.stringify(line)} of a Procfile`, () => {
    const [process] = Object.values(detectProcfile(appFilesOf({ Procfile: line })).processes?.value ?? {});
    assert.deepEqual(process?.argv, argv);
  });
}
