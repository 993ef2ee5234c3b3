import assert from "node:assert/strict";
import { test } from "node:test";
import { describe } from "../../description/describe.ts";
import { appFilesOf } from "../../testing/app-files-of.ts";
import { planArgv } from "./plan-argv.ts";

const RUNNER = "python -m holdall_gunicorn";
const UVICORN = "uvicorn --app-dir {app}";

const CASES: [argv: string, web: string, other?: string][] = [
  ["gunicorn shop:app -w 4", `${RUNNER} shop:app -w 4`],
  ["gunicorn -b unix:run/s shop:app", `${RUNNER} -b unix:run/s shop:app`],
  ["gunicorn --bind=:{port} shop:app", `${RUNNER} --bind=:{port} shop:app`],
  ["gunicorn -c conf.py shop:app", `${RUNNER} -c conf.py shop:app`],
  ["gunicorn --chdir x shop:app", `${RUNNER} --chdir x shop:app`],
  ["python3 -m gunicorn shop:app -b :1", `${RUNNER} shop:app -b :1`],
  ["waitress-serve shop:app", "waitress-serve --listen {host}:{port} shop:app", "waitress-serve shop:app"],
  ["python -m waitress --port=1 shop:app", "waitress-serve --port=1 shop:app"],
  ["uvicorn shop:app", `${UVICORN} --host {host} --port {port} shop:app`, `${UVICORN} shop:app`],
  ["uvicorn shop:make --factory --port 80", `${UVICORN} shop:make --factory --port 80`],
  ["hypercorn shop:app", "hypercorn shop:app"],
  ["python serve.py --x", "python {app}/serve.py --x"],
  ["python3 -u ./bin/serve.py", "python -u {app}/bin/serve.py"],
  ["python -m serve.py", "python -m serve.py"],
  ["python -c serve.py", "python -c serve.py"],
  ["python other.py", "python other.py"],
  ["bin/run serve.py", "{app}/bin/run serve.py"],
  ["./bin/run", "{app}/bin/run"],
  ["/bin/run", "/bin/run"],
  ["{app}/bin/run", "{app}/bin/run"],
  ["run", "run"],
];

const files = appFilesOf({ "serve.py": "", "bin/serve.py": "", "bin/run": "", run: "" });
const { description } = await describe(files, { directoryName: "shop" });
const input = { description, files, distributions: [] };

for (const [argv, web, other = web] of CASES) {
  test(`plans ${argv}`, () => {
    assert.equal(planArgv(argv.split(" "), input, { isWeb: true }).join(" "), web);
    assert.equal(planArgv(argv.split(" "), input).join(" "), other);
  });
}

test("uvicorn does not import the sources of an application that is built", () => {
  const built = { ...input, description: { ...description, pip: [{ kind: "project" } as const] } };
  assert.deepEqual(planArgv(["uvicorn"], built), ["uvicorn", "--app-dir", "{app}/.nothing-to-import"]);
});
