import assert from "node:assert/strict";
import { test } from "node:test";
import { cronProblem } from "./cron.ts";

const TIMES = [
  "* * * * *",
  "*/5 0 1 1 0",
  "0,30 8-18/2 * jan-mar mon-fri",
  "59 23 31 12 7",
  " @daily ",
  "0  3\t* * SUN",
];

for (const cron of TIMES) test(`${cron} is a time`, () => assert.equal(cronProblem(cron), undefined));

const FIVE = "must have five fields (minute, hour, day of the month, month, day of the week), not";

const REFUSED: [cron: string, problem: string][] = [
  ["", `${FIVE} 1`],
  ["* * * *", `${FIVE} 4`],
  ["* * * * * *", `${FIVE} 6`],
  ["60 * * * *", "must have 0 to 59 as minute, not 60"],
  ["* 24 * * *", "must have 0 to 23 as hour, not 24"],
  ["* * 0 * *", "must have 1 to 31 as day of the month, not 0"],
  ["* * * foo *", "must have 1 to 12 as month, not foo"],
  ["* * * * 5-1", "must have 0 to 7 as day of the week, not 5-1"],
  ["5/2 * * * *", "must have 0 to 59 as minute, not 5/2"],
  ["*/0 * * * *", "must have 0 to 59 as minute, not */0"],
  ["1,,2 * * * *", "must have 0 to 59 as minute, not 1,,2"],
  ["@often", "must be one of @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually, not @often"],
];

for (const [cron, problem] of REFUSED) {
  test(`refuses the time ${JSON.stringify(cron)}`, () => assert.equal(cronProblem(cron), problem));
}
