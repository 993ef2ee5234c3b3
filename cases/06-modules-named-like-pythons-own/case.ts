import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "an http.py, types.py or select.py in the working directory or on PYTHONPATH is imported by nobody, at no moment of a start",
  origin: ["pex#3117", "gunicorn#3281"],
  seenFailing:
    "with the prefix starting Python without `-I`, types.py of PYTHONPATH was imported instead of Python's own; without keep_working_directory_out, that of the working directory was, in `python -m`",
  elsewhere: [
    "src/artifact/start-isolation.test.ts: nothing in the working directory is imported",
    "src/artifact/start-isolation.test.ts: modules of PYTHONPATH and of the user's site do not get in",
    "src/artifact/start-gunicorn.test.ts: gunicorn leaves the working directory alone",
    "src/foreign-servers.test.ts: what lies in the working directory is not imported by an application under gunicorn",
  ],
});
