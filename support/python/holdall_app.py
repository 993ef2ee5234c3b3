"""The application, for a server of somebody else's that has the artifact on its import path:

    uvicorn --app-dir app.holdall holdall_app:app

Each object of the plan is an attribute. Every Python from 2.7 on can parse this file. See docs/foreign-servers.md.
"""


def _enter():
    import os
    import sys

    artifact = os.path.dirname(os.path.abspath(__file__))
    if sys.version_info < (3, 8):
        version = ".".join(str(part) for part in sys.version_info[:3])
        sys.stderr.write(
            "cannot start %s: it needs Python 3.8 or newer, this is Python %s (%s)\n"
            "hint: Run the server with a newer Python.\n" % (artifact, version, sys.executable)
        )
        sys.exit(3)
    writes_no_bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        # Python has just kept this file's bytecode in an open artifact, where nothing else may be.
        cached = globals().get("__cached__")
        if cached and os.path.isfile(cached):
            os.remove(cached)
            if not os.listdir(os.path.dirname(cached)):
                os.rmdir(os.path.dirname(cached))
        from holdall_support.foreign import enter

        return enter(artifact)
    finally:
        sys.dont_write_bytecode = writes_no_bytecode


# Not by __getattr__: uWSGI and hypercorn look into the module's dictionary.
globals().update(_enter())
