import json
import os
import sys

VERSION = "1"


def app(environ, start_response):
    import late  # at the first request: the artifact may be another file by then

    facts = {"version": VERSION, "late": late.VERSION, "pid": os.getpid(), "master": os.getppid()}
    with open(os.path.join(os.path.dirname(__file__), "version.txt")) as file:
        facts["read"] = file.read().strip()
    facts["release"] = sys.prefix
    facts["environment"] = dict(os.environ)
    start_response("200 OK", [("Content-Type", "application/json"), ("Connection", "close")])
    return [json.dumps(facts).encode()]
