import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "a module that a foreign server has imported in another version is refused with both versions unless it is allowed; the same version passes",
  origin: ["uvicorn imports click and h11"],
  seenFailing:
    "with clashes that are found but not refused, the server fails on the other module with status 1 instead of 3",
  refusal:
    "cannot start …: its server has already imported click 8.1.7 where the artifact brings click 8.2.1",
  elsewhere: [
    "src/foreign-servers.test.ts: the Flask example is served by gunicorn, and not by a uvicorn with another click until that is allowed",
    "src/foreign-servers.test.ts: a server's own version, the same version of the rest, and modules that it has not imported are no clash",
    "src/artifact/start-foreign.test.ts: a module of the server's that the artifact has too: another file is a clash, a named one is allowed",
  ],
});
