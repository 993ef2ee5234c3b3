import * as v from "valibot";
import { field, list, named, TEXT } from "./field.ts";

const WORDS = v.pipe(list(TEXT), v.minLength(1, "must have a first word"));

export const CONTENT = [
  field({
    name: "static",
    type: named(/^\/([^\s/]+\/?)*$/, "must be a URL path that starts with /", TEXT),
    default: "none",
    help: "Directories whose files a web server serves by itself: URL path to directory. `holdall dev` does, too. What is no file goes to the application.",
    example: `static:
  /static: public/static`,
  }),
  field({
    name: "files",
    type: v.union([TEXT, list(TEXT)], "must be a pattern or a list of patterns"),
    default: "everything that `.gitignore` does not exclude",
    help: "What goes into the artifact, as patterns like those of `.gitignore`; `!` takes out again. In YAML a pattern that starts with `*` or `!` needs quotes.",
    example: `files:
  - shop/
  - "!shop/tests/"`,
  }),
  field({
    name: "build",
    type: v.union(
      [TEXT, list(v.union([TEXT, WORDS], "must be a command line or a list of words"))],
      "must be a command line or a list of them",
    ),
    default: "none",
    help: "Commands that run before packing, in order, in the directory of the application. No shell is involved.",
    example: `build:
  - npm ci
  - npm run bundle`,
  }),
] as const;
