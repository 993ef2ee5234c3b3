"""The Python that an artifact brings itself. The prefix has unpacked it into the cache, and runs this program with it."""

import os
import sys

from .interpreter import Interpreter
from .refusal import Broken, Refusal


class InsideInterpreter(Interpreter):
    """It becomes a part of the release: nothing that runs from there leans on the store, or on the host's Python."""

    def __init__(self, layers):
        super().__init__()
        # layers/DIGEST/python/bin/pythonX.Y
        directory, self.program = os.path.split(self.path)
        self.layer = "sha256:" + os.path.basename(os.path.dirname(os.path.dirname(directory)))
        if layers.get(self.layer, {}).get("kind") != "interpreter":
            raise Broken("its script started %s, which is not inside" % self.path)

    def release_key(self):
        return [self.layer]

    def enter(self, release):
        try:
            release.encode("utf-8")
        except UnicodeEncodeError:
            # Python reads its own directory from pyvenv.cfg as UTF-8, or does not start.
            raise Refusal(
                "its Python is inside, and the path of its release is not UTF-8: %r" % release,
                "Set HOLDALL_CACHE to another directory.",
            ) from None
        self.path = "%s/python/bin/%s" % (release, self.program)

    def serves(self, target):
        return target["layers"][:1] == [self.layer]


def has_interpreter(manifest):
    return any(layer["kind"] == "interpreter" for layer in manifest["layers"].values())


def is_inside():
    """Whether the prefix has found this Python in the artifact itself."""
    return sys._xoptions.get("holdall") == "inside"


def find_interpreter(manifest):
    """The one that runs this program."""
    return InsideInterpreter(manifest["layers"]) if is_inside() else Interpreter()


def start_by_prefix(artifact, arguments, environment):
    """Replaces this process: whatever Python it is, the one inside is used."""
    environment.pop("HOLDALL_PYTHON", None)
    os.execve("/bin/sh", ["/bin/sh", artifact.program, *arguments], environment)
