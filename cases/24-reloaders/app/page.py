import json
import os
import sys


def render():
    """What the process that answers is, and what it imports from where."""
    own = [path for path in sys.path if path.startswith(sys.prefix + os.sep) and path != sys.prefix + "/bin"]
    import flask

    return json.dumps({"pid": os.getpid(), "path": own, "executable": sys.executable, "flask": flask.__file__})
