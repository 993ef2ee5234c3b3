import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePoetryRange, parsePythonRange } from "./python-range.ts";

const PYTHON: [text: string, range: string | undefined][] = [
  [">=3.11", ">=3.11"],
  ["<3", "<3"],
  [">= 3.9 , < 4", ">=3.9,<4"],
  ["3.11", "==3.11.*"],
  ["3", "==3.*"],
  ["3.11.4", "==3.11.4"],
  ["==3.12.*", "==3.12.*"],
  ["~=3.10", "~=3.10"],
  ["", undefined],
  ["^3.11", undefined],
  ["python3", undefined],
];

for (const [text, range] of PYTHON) {
  test(`python: ${text} is ${range}`, () => assert.equal(parsePythonRange(text), range));
}

const POETRY: [text: string, range: string | undefined][] = [
  ["^1.2.3", ">=1.2.3,<2"],
  ["^0.2.3", ">=0.2.3,<0.3"],
  ["^0.0.3", ">=0.0.3,<0.0.4"],
  ["^0", ">=0,<1"],
  ["^0.0", ">=0.0,<0.1"],
  ["~1.2.3", ">=1.2.3,<1.3"],
  ["~1", ">=1,<2"],
  ["~=1.2", "~=1.2"],
  ["1.2", "==1.2"],
  ["1.*", "==1.*"],
  [">=1.2, <1.5", ">=1.2,<1.5"],
  [">= 1.2 < 1.5", ">=1.2,<1.5"],
  ["*", ""],
  ["^2 || ^3", undefined],
  ["^x", undefined],
];

for (const [text, range] of POETRY) {
  test(`poetry's ${text} is ${range}`, () => assert.equal(parsePoetryRange(text), range));
}
