"""Makes the virtual environment that check_imports.py runs in, for interpreters from 3.8 on. Standard input has one JSON
object:

    environment  directory of the new environment; another build may be making the same
    layers       paths of the layers (tar.gz) of its distributions, in the order in which they are placed
    work         an empty directory on the same file system

.pth files, metadata and sys.prefix are as in a release. Bytecode is left to Python: it makes what is imported.
"""

import json
import os
import shutil
import sys
import time

from read_layer import LIBRARY, place_layer

KEEP_SECONDS = 14 * 24 * 3600


def prune(directory):
    """Environments are large and made again in seconds: what nobody has built with for a while goes."""
    for entry in os.scandir(directory):
        if entry.stat().st_mtime < time.time() - KEEP_SECONDS:
            shutil.rmtree(entry.path, ignore_errors=True)


def main():
    request = json.load(sys.stdin)
    environment = request["environment"]
    prune(os.path.dirname(environment))
    staged = os.path.join(request["work"], "environment")
    os.makedirs(os.path.join(staged, "bin"))
    os.makedirs(os.path.join(staged, LIBRARY))
    with open(os.path.join(staged, "pyvenv.cfg"), "w") as file:
        file.write("home = %s\ninclude-system-site-packages = false\n" % os.path.dirname(sys.executable))
    for layer in request["layers"]:
        place_layer(layer, staged)
    os.symlink(sys.executable, os.path.join(staged, "bin", "python"))
    try:
        os.rename(staged, environment)
    except OSError:
        if not os.path.isdir(environment):  # else another build was faster
            raise


if __name__ == "__main__":
    main()
