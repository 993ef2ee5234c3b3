import * as v from "valibot";
import { field, list, TEXT, textLike } from "./field.ts";
import { COMMA_LIST } from "./identity.ts";

const ONE_OR_LIST = v.union([TEXT, list(TEXT)], "must be text or a list");

export const PACKAGES = [
  field({
    name: "rpm",
    type: COMMA_LIST,
    default: "none",
    help: "Packages that the application needs where it runs on an RPM system, and no wheel brings. A start lists those that are missing; their Python modules can be imported.",
    example: "rpm: m2crypto",
  }),
  field({
    name: "deb",
    type: COMMA_LIST,
    default: "none",
    help: "Packages that the application needs where it runs on a Debian system, and no wheel brings. A start lists those that are missing; their Python modules can be imported.",
    example: "deb: python3-gdal, libgdal32",
  }),
  field({
    name: "pip",
    type: ONE_OR_LIST,
    default:
      "dependencies of `pyproject.toml` or poetry, or `requirements.txt`; the application itself if it has a build backend",
    help: "What is taken from the package index: a requirement (PEP 508), a requirement file (`.txt`, `.in`), `.` for the application as a distribution of its own, or a list of these.",
    example: "pip: requirements.txt",
    platform: "python",
  }),
  field({
    name: "test_pip",
    type: ONE_OR_LIST,
    default:
      "a dependency group, an extra or a requirement file that is named `test`, `tests`, `testing`, `dev` or `development`",
    help: "What only the tests need, written like `pip`: it is there for `holdall test`, and in no artifact.",
    example: "test_pip:\n  - pytest>=8\n  - responses",
    platform: "python",
  }),
  field({
    name: "paths",
    type: ONE_OR_LIST,
    default: "none",
    help: "Directories of the application that are on the import path, before its root.",
    example: "paths: vendor/",
    platform: "python",
  }),
  field({
    name: "app",
    type: textLike(
      /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\(\))?$/,
      "must be module:object\nWrite it as `shop.web:app`, or `shop.web:create_app()` for a factory.",
    ),
    default: "found by the platform",
    help: "The object that a server loads: `module:object`, or `module:function()` when calling the function makes it.",
    example: "app: shop.web:app",
    platform: "python",
  }),
] as const;
