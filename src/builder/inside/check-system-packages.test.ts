import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSystemPackages } from "./check-system-packages.ts";

test("packages of Python modules and an interpreter inside exclude one another", () => {
  const packages = { name: "shop", deb: ["python3-apt", "libpq5"], rpm: ["python311-lxml", "python3-apt"] };
  assert.throws(() => checkSystemPackages(packages), {
    code: "packages_need_host_python",
    message:
      "cannot build shop with an interpreter inside: python3-apt, python311-lxml have modules for the host's own Python",
  });
});

test("libraries and programs of the host serve any interpreter", () => {
  checkSystemPackages({ name: "shop", deb: ["libpq5", "ffmpeg", "libpython3.11"], rpm: [] });
});
