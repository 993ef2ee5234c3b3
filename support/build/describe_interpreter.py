"""Prints where the interpreter that runs this file has its standard library, as JSON. Started with -I -S -B."""

import json
import os
import sys
import sysconfig

print(json.dumps({
    "prefix": os.path.realpath(sys.base_prefix),
    "standardLibrary": os.path.realpath(sysconfig.get_paths()["stdlib"]),
}))
