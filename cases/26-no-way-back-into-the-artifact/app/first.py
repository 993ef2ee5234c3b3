import json
import os
import subprocess
import sys


def call():
    return subprocess.run(sys.argv[1:]).returncode


def facts():
    print(json.dumps({"executable": sys.executable, "base": sys.base_prefix, "env": dict(os.environ)}))
