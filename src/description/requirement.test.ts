import assert from "node:assert/strict";
import { test } from "node:test";
import { isRequirement, normalizeName, parseRequirement, renderRequirement } from "./requirement.ts";

test("names are normalized as PEP 503 says", () => {
  for (const name of ["Foo.Bar", "foo_bar", "FOO-_.bar"]) assert.equal(normalizeName(name), "foo-bar");
});

const PARSED: [text: string, rendered: string][] = [
  ["flask", "flask"],
  [" Flask >= 3 , < 4 ", "flask>=3,<4"],
  ["pytaku==0.8.2", "pytaku==0.8.2"],
  ["uvicorn[Standard, x_y]>=0.30", "uvicorn[standard,x-y]>=0.30"],
  ["name (>=1,<2)", "name>=1,<2"],
  ["name>=1,", "name>=1"],
  ["name[]", "name"],
  ["x===1.0.post1", "x===1.0.post1"],
  ["tomli>=2;python_version<'3.11'", "tomli>=2 ; python_version<'3.11'"],
  [
    'a; (sys_platform == "linux" and extra not in "b") or os_name == "posix"',
    'a ; (sys_platform == "linux" and extra not in "b") or os_name == "posix"',
  ],
  ["a @ https://example.com/a.whl", "a @ https://example.com/a.whl"],
  ["a@git+ssh://git@example.com/a.git@v1", "a @ git+ssh://git@example.com/a.git@v1"],
  ["a @ https://example.com/a;b.whl ; os_name == 'nt'", "a @ https://example.com/a;b.whl ; os_name == 'nt'"],
];

for (const [text, rendered] of PARSED) {
  test(`understands ${text}`, () => {
    const requirement = parseRequirement(text);
    assert.ok(isRequirement(requirement), JSON.stringify(requirement));
    assert.equal(renderRequirement(requirement), rendered);
    assert.deepEqual(parseRequirement(rendered), requirement);
  });
}

const CREDENTIALS = {
  reason: "must have no user name or password in its address",
  hint: "Put them into the netrc or keyring of the machine that builds.",
};

const REFUSED: [text: string, problem: { reason: string; hint?: string }][] = [
  ["", { reason: 'must be a requirement, such as flask>=3, not ""' }],
  ["-flask", { reason: 'must be a requirement, such as flask>=3, not "-flask"' }],
  ["flask=3", { reason: 'must be a requirement, not "flask=3"', hint: "Write == instead of =." }],
  ["flask 3", { reason: 'must be a requirement with a PEP 440 specifier, such as flask>=3, not "flask 3"' }],
  [
    "flask>=x",
    { reason: 'must be a requirement with a PEP 440 specifier, such as flask>=3, not "flask>=x"' },
  ],
  ["a[b c]", { reason: 'must have names between [ and ], not "a[b c]"' }],
  ["a;", { reason: 'must have an environment marker after ;, not "a;"' }],
  ["a; linux", { reason: 'must have an environment marker after ;, not "a; linux"' }],
  ["a @ b", { reason: 'must have an address after @, not "a @ b"' }],
  [
    "git+https://example.com/a.git",
    { reason: "must name the distribution of an address", hint: "Write it as `name @ address`." },
  ],
  [
    "a @ file:///home/me/a",
    { reason: "must have an address that others have as well", hint: "Name it as an index has it." },
  ],
  ["a @ https://me:secret@example.com/a.whl", CREDENTIALS],
  ["a @ https://token@example.com/a.whl", CREDENTIALS],
  ["a @ git+ssh://git:secret@example.com/a.git", CREDENTIALS],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: pip replaces it
  ["a @ https://${TOKEN}@example.com/a.whl", CREDENTIALS],
];

for (const [text, problem] of REFUSED) {
  test(`refuses ${JSON.stringify(text)}`, () => assert.deepEqual(parseRequirement(text), problem));
}
