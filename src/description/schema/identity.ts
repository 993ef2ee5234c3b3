import * as v from "valibot";
import { field, list, oneOf, TEXT, textLike } from "./field.ts";

/** Texts that may be written as one, with commas between. */
export const COMMA_LIST = v.union([TEXT, list(TEXT)], "must be text (with commas between) or a list");

export const NAME_PATTERN = /^(?=.{1,40}$)[a-z0-9]+(-[a-z0-9]+)*$/;
export const VERSION_PATTERN = /^[A-Za-z0-9._+!-]{1,64}$/;

export const IDENTITY = [
  field({
    name: "name",
    type: textLike(NAME_PATTERN, "must be lower-case letters, digits and single dashes, at most 40"),
    default: "name in `pyproject.toml` or `setup.cfg`, of the only requirement, or of the directory",
    help: "Name of the application: of the artifact, and of units and labels on a host.",
    example: "name: shop",
  }),
  field({
    name: "version",
    type: textLike(VERSION_PATTERN, "must be 1 to 64 letters, digits and . _ + ! -"),
    default:
      "version in `pyproject.toml` or `setup.cfg`, or of the distribution that is named like the application",
    help: "Version of the application.",
    example: 'version: "1.4.0"',
  }),
  field({
    name: "platform",
    type: COMMA_LIST,
    default: "found by looking at the files",
    help: "What kind of application it is: `python`, `wsgi`, `asgi`, `django`, `flask`. Platforms refine one another, so several can be named.",
    example: "platform: python, wsgi",
  }),
  field({
    name: "os",
    type: COMMA_LIST,
    default: "`linux`",
    help: "Operating systems that the application can run on: `linux`, or `posix`. Artifacts are for Linux.",
    example: "os: posix",
  }),
  field({
    name: "python",
    type: TEXT,
    default:
      "`requires-python` in `pyproject.toml`, `python` of poetry, `python_requires` in `setup.cfg`; or any",
    help: 'Versions of Python that the application runs with, as a PEP 440 specifier; a version alone, such as `3.11`, means `==3.11.*`. In YAML `">=3.11"` needs its quotes.',
    example: 'python: ">=3.11"',
    platform: "python",
  }),
  field({
    name: "interpreter",
    type: oneOf(["host", "inside"]),
    default: "`host`",
    help: "Which Python runs the application: one of the `host`, or one that the artifact has `inside`. `holdall build --with-python` asks for the latter, too.",
    example: "interpreter: inside",
    platform: "python",
  }),
  field({
    name: "targets",
    type: COMMA_LIST,
    default: "the Python that fits best, on machines like the one that builds",
    help: "What the artifact is for: Pythons (`cp311`, `cp313t`) and machines, which are a processor and the newest libc that wheels may need (`x86_64-glibc2.28`, `aarch64-glibc2.28`, `x86_64-musl`; `aarch64` alone means `aarch64-glibc2.28`). Each Python on each machine is a target; the preferred one is first. `holdall build` replaces the Pythons by `--python`, the machines by `--target`.",
    example: "targets: cp311, cp313, x86_64-glibc2.28, aarch64-glibc2.28",
    platform: "python",
  }),
] as const;
