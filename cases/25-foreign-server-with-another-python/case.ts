import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "gunicorn, uWSGI, Apache and other servers of somebody else's import the application from the artifact; one with another Python is told so in a sentence",
  origin: ["mod_wsgi: virtual environments and Python version"],
  seenFailing:
    "with any target taken when none fits, gunicorn's log has no such sentence: the application was served by the wrong Python",
  refusal: "cannot start …: it serves Python 3.99; this is Python 3.11.2 on x86_64 (/usr/bin/python3.11)",
  elsewhere: [
    "src/foreign-servers.test.ts: a page, a static file, and an error with its traceback in the log",
    "src/foreign-servers.test.ts: a server with another Python is told so in one sentence",
    "src/artifact/start-foreign.test.ts: refusals are a sentence and a hint, with status 3",
  ],
});
