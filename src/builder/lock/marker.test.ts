import assert from "node:assert/strict";
import { test } from "node:test";
import { isMarkerTrue } from "./marker.ts";

const ENVIRONMENT = {
  os_name: "posix",
  sys_platform: "linux",
  platform_machine: "x86_64",
  platform_python_implementation: "CPython",
  platform_release: "",
  platform_system: "Linux",
  platform_version: "",
  python_version: "3.11",
  python_full_version: "3.11.2",
  implementation_name: "cpython",
  implementation_version: "3.11.2",
};

const CASES: [marker: string, isTrue: boolean][] = [
  ["python_full_version < '3.12'", true],
  ["python_full_version >= '3.12'", false],
  ["python_version >= '3.9'", true],
  ["python_version == '3.*'", true],
  ["python_version in '3.10 3.11'", true],
  ["python_version not in '3.9,3.10'", true],
  ["'3.9' < python_version", true],
  ["'3.12' <= python_version", false],
  ["python_full_version ~= '3.11.0'", true],
  ["sys_platform == 'win32'", false],
  ['sys_platform != "win32" and os_name == "posix"', true],
  ["sys_platform == 'win32' or platform_machine == 'x86_64'", true],
  ["sys_platform == 'win32' or sys_platform == 'darwin' and os_name == 'posix'", false],
  ["(sys_platform == 'win32' or sys_platform == 'linux') and (python_version < '4')", true],
  ["'linux' in sys_platform", true],
  ["'win' not in sys_platform", true],
  ["extra == 'test'", false],
  ["'test' in extras", false],
  ["'dev' not in dependency_groups", true],
  ["platform.python_implementation == 'CPython'", true],
  ["platform_release >= '5'", false],
  ["implementation_name=='cpython'", true],
];

for (const [marker, expected] of CASES) {
  test(`${marker} is ${expected}`, () => assert.equal(isMarkerTrue(marker, ENVIRONMENT), expected));
}

for (const marker of [
  "",
  "python_version",
  "python_version >",
  "a == 'b'",
  "(os_name == 'a'",
  "os_name == 'a' 'b'",
  "os_name ~= '2'",
]) {
  test(`refuses "${marker}"`, () => assert.throws(() => isMarkerTrue(marker, ENVIRONMENT)));
}
