import assert from "node:assert/strict";
import { test } from "node:test";
import { redact } from "./redact.ts";
import { translateUvFailure } from "./translate-uv-failure.ts";

const CASES: [name: string, stderr: string, code: string, message: string][] = [
  [
    "a changed file",
    "Resolved 1 package in 135ms\nerror: Failed to download `click==8.1.7`\n  cause: Hash mismatch for `click==8.1.7`\n\n         Expected:\n           sha256:8b",
    "hash_mismatch",
    "cannot install: the file of click==8.1.7 on the index is not the one that was locked",
  ],
  [
    "a closed port",
    "error: Request failed after 3 retries in 5.5s\n  cause: Failed to fetch: http://127.0.0.1:9/simple/flask/\n  cause: tcp connect error",
    "index_unreachable",
    "cannot install: 127.0.0.1:9 does not answer",
  ],
  [
    "missing credentials",
    "error: Failed to fetch: `https://****@index.example/simple/flask/`\n  cause: HTTP status client error (401 Unauthorized) for url (x)",
    "index_unreachable",
    "cannot install: index.example answers 401 Unauthorized",
  ],
  [
    "an index that refuses and is taken for one that lacks everything",
    "error: No solution found when resolving dependencies\n  cause: Because basket was not found\nhint: An index URL (https://index.example/simple/) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)",
    "index_unreachable",
    "cannot install: index.example answers 401 Unauthorized",
  ],
  [
    "wheels for others",
    "error: No solution found when resolving dependencies\n  cause: Because pywin32==306 has no wheels with a matching platform tag (e.g., `manylinux_2_28_x86_64`) and you require\n  pywin32==306\n\nhint: Wheels are available for `pywin32` (v306) on the following platforms: `win32`, `win_amd64`",
    "wheel_not_found",
    "cannot install: pywin32==306 has no wheel for cp311 on x86_64, only for win32, win_amd64",
  ],
  [
    "metadata that is not whole",
    "error: No solution found when resolving dependencies\n  cause: Because odd==1.0 has invalid metadata and you require odd\nhint: Metadata for `odd` (v1.0) could not be parsed:\n  Metadata field Name not found\n",
    "resolve_failed",
    "cannot install: the metadata of odd==1.0 cannot be read: Metadata field Name not found",
  ],
  [
    "a source that does not build",
    "error: Failed to build `psycopg2==2.9`\n  cause: pg_config not found",
    "wheel_not_found",
    "cannot install: psycopg2==2.9 has no wheel for cp311 on x86_64, and it does not build from its source here",
  ],
  [
    "a version that is for newer Pythons",
    "error: No solution found when resolving dependencies for split (markers: python_full_version == '3.11.*')\n  cause: Because the requested Python version (>=3.11) does not satisfy Python>=3.12 and you require django[argon2]==6.1, we can conclude that your requirements are unsatisfiable.",
    "resolve_failed",
    "cannot install: django[argon2]==6.1 is for Python >=3.12, and the target is cp311 on x86_64",
  ],
  [
    "a conflict",
    "error: No solution found when resolving dependencies\n  cause: Because flask==3.1.0 depends on click>=8.1.3",
    "resolve_failed",
    "cannot install: the requirements do not fit together",
  ],
  [
    "a backend that stops",
    "error: The build backend returned an error\n  cause: Call to `setuptools.build_meta:__legacy__.get_requires_for_build_wheel` failed (exit status: 1)",
    "resolve_failed",
    "cannot install: the application's own build backend refused to say them",
  ],
  ["anything else", "error: unexpected argument", "resolve_failed", "cannot install: uv refused"],
];

for (const [name, stderr, code, message] of CASES) {
  test(`explains ${name}`, () => {
    const error = translateUvFailure({ stderr, goal: "install", target: "cp311 on x86_64" });
    assert.deepEqual({ code: error.code, message: error.message }, { code, message });
  });
}

const SECRETS: [text: string, expected: string][] = [
  ["https://user:s3cret@index.example/simple/", "https://****@index.example/simple/"],
  ["`https://token@index.example` and (http://a:b@c)", "`https://****@index.example` and (http://****@c)"],
  ["https://u:p@ss@index.example/x", "https://****@index.example/x"],
  ["https://files.example/a.whl?X-Signature=abc failed", "https://files.example/a.whl failed"],
  ["password is hunter22", "password is ****"],
  ["mail a@b.example", "mail a@b.example"],
];

for (const [text, expected] of SECRETS) {
  test(`shows ${expected}`, () => assert.equal(redact(text, { UV_INDEX_X_PASSWORD: "hunter22" }), expected));
}
