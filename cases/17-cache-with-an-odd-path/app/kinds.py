import os
import shutil
import subprocess
import sys


def call():
    """Each program by its bare name, by its path, and by way of a shell."""
    name, *words = sys.argv[1:]
    for argv in ([shutil.which(name), *words], ["sh", "-c", '"$0" "$@"', name, *words]):
        subprocess.run(argv, check=True)
    os.execvp(name, [name, *words])
