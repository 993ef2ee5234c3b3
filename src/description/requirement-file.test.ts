import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../errors/app-error.ts";
import { appFilesOf } from "../testing/app-files-of.ts";
import { renderRequirement } from "./requirement.ts";
import { parseRequirementFile } from "./requirement-file.ts";

const HASH = `sha256:${"0".repeat(64)}`;

test("reads comments, continuations, includes and constraints", () => {
  const files = appFilesOf({
    "requirements/prod.txt": [
      "\ufeff# what production needs",
      "-r base.txt",
      "--constraint=../limits.txt",
      "gunicorn >= 22 # the server",
      "psycopg[binary] \\",
      "  ; sys_platform == 'linux'",
      "",
    ].join("\r\n"),
    "requirements/base.txt": "Flask==3.0\n",
    "limits.txt": "werkzeug<4\n-r more-limits.txt",
    "more-limits.txt": "jinja2<4\n",
  });
  const { requirements, constraints, hasProject, isLock } = parseRequirementFile(
    "requirements/prod.txt",
    files,
  );
  const shown = requirements.map(({ requirement, file, line }) => [
    renderRequirement(requirement),
    file,
    line,
  ]);
  assert.deepEqual(shown, [
    ["flask==3.0", "requirements/base.txt", 1],
    ["gunicorn>=22", "requirements/prod.txt", 4],
    ["psycopg[binary] ; sys_platform == 'linux'", "requirements/prod.txt", 5],
  ]);
  assert.deepEqual(
    constraints.map(({ requirement }) => renderRequirement(requirement)),
    ["werkzeug<4", "jinja2<4"],
  );
  assert.deepEqual([hasProject, isLock], [false, false]);
});

const LOCKS: [name: string, text: string, isLock: boolean][] = [
  [
    "pinned with hashes",
    `--require-hashes\na==1 \\\n    --hash=${HASH} \\\n    --hash ${HASH}\nb==2 --hash=${HASH}`,
    true,
  ],
  ["one without a hash", `a==1 --hash=${HASH}\nb==2`, false],
  ["one that is not pinned", `a>=1 --hash=${HASH}`, false],
  ["a wildcard", `a==1.* --hash=${HASH}`, false],
  ["the application itself", `-e .\na==1 --hash=${HASH}`, false],
  ["nothing", "# nothing\n", false],
];

for (const [name, text, isLock] of LOCKS) {
  test(`a requirement file with ${name} is ${isLock ? "a" : "no"} lock`, () => {
    assert.equal(parseRequirementFile("r.txt", appFilesOf({ "r.txt": text })).isLock, isLock);
  });
}

const ADDRESSES =
  "Put addresses and credentials into the configuration of uv or pip on the machine that builds.";

const REFUSED: [text: string, message: string, hint: string | undefined, place: string][] = [
  [
    "flask\n--extra-index-url https://me:secret@example.com/simple",
    "it has --extra-index-url, and where distributions come from is not the application's to say",
    ADDRESSES,
    "r.txt:2:1",
  ],
  [
    "  -i https://example.com",
    "it has -i, and where distributions come from is not the application's to say",
    ADDRESSES,
    "r.txt:1:3",
  ],
  ["--pre", "it has the option --pre, which would be ignored", "Take it out.", "r.txt:1:1"],
  [
    "a==1 --global-option=x",
    "it has the option --global-option, which would be ignored",
    "Take it out.",
    "r.txt:1:1",
  ],
  [
    "-e ./lib",
    "it has -e ./lib, and only `-e .` can be built",
    "Name the distribution instead.",
    "r.txt:1:1",
  ],
  [
    "-e git+https://me:secret@example.com/a.git#egg=a",
    "it has -e git+https://*********@example.com/a.git#egg=a, and only `-e .` can be built",
    "Name the distribution instead.",
    "r.txt:1:1",
  ],
  [
    "./a.whl",
    "it names a file instead of a distribution",
    "Name the distribution, as an index has it.",
    "r.txt:1:1",
  ],
  ["-r nowhere.txt", "it includes nowhere.txt, which does not exist", undefined, "r.txt:1:1"],
  ["-r r.txt", "it includes r.txt, which includes it", undefined, "r.txt:1:1"],
  ["-r loop.txt", "it includes r.txt, which includes it", undefined, "loop.txt:1:1"],
  ["# x\n\nflask=3", 'the line must be a requirement, not "flask=3"', "Write == instead of =.", "r.txt:3:1"],
];

for (const [text, sentence, hint, place] of REFUSED) {
  test(`refuses a requirement file with ${JSON.stringify(text)}`, () => {
    const files = appFilesOf({ "r.txt": text, "loop.txt": "-r r.txt" });
    assert.throws(
      () => parseRequirementFile("r.txt", files),
      (error: unknown) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, "description_invalid");
        assert.equal(error.message, `cannot read ${place.split(":")[0]}: ${sentence}`);
        assert.equal(error.hint, hint);
        assert.equal(error.excerpt?.split("\n")[0], place);
        assert.doesNotMatch(
          JSON.stringify([error.message, error.excerpt, error.hint, error.details]),
          /secret/,
        );
        return true;
      },
    );
  });
}

for (const other of ["../r.txt", "/etc/r.txt", "a/../../r.txt"]) {
  test(`refuses to include ${other}`, () => {
    const message = `cannot read r.txt: it includes ${other}, which is outside of the application`;
    const files = appFilesOf({ "r.txt": `-r ${other}` });
    assert.throws(() => parseRequirementFile("r.txt", files), { code: "file_outside", message });
  });
}

test("files that include one another too deeply are refused", () => {
  const names = Array.from({ length: 13 }, (_, index) => `${index}.txt`);
  const files = appFilesOf(Object.fromEntries(names.map((name, index) => [name, `-r ${index + 1}.txt`])));
  const message = "cannot read 10.txt: files include one another more than 10 deep";
  assert.throws(() => parseRequirementFile("0.txt", files), { message });
});

test("files that are included too often are refused", () => {
  const twice = (name: string) => `-r ${name}\n`.repeat(30);
  const files = appFilesOf({ "a.txt": twice("b.txt"), "b.txt": twice("c.txt"), "c.txt": "" });
  const message = "cannot read b.txt: files are included more than 100 times";
  assert.throws(() => parseRequirementFile("a.txt", files), { message });
});
