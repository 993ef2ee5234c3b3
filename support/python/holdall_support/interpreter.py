"""The Python that runs this program, and whether a target is for it."""

import hashlib
import os
import sys

from .refusal import Refusal
from .targets import render_targets


class Interpreter:
    layer = None  # of the artifact, when it comes from there
    is_own_process = True  # not that of a server, which may have threads: then nothing is forked
    advice = "Start it as a program, so that it looks for a suitable Python, or name one by HOLDALL_PYTHON."

    def __init__(self):
        # The links of a virtual environment lead to the interpreter that it was made from.
        self.path = os.path.realpath(sys.executable)
        self.version = sys.version.split()[0]
        self.minor = "%d.%d" % sys.version_info[:2]
        self.abi = "cp%d%d%s" % (*sys.version_info[:2], sys.abiflags)
        self.implementation = sys.implementation.name
        self.processor = os.uname().machine if sys.maxsize > 2**32 else "32-bit"
        # Free-threaded builds keep their modules apart: lib/python3.13t
        self.library = "lib/python%s%s" % (self.minor, "t" if "t" in sys.abiflags else "")

    def __str__(self):
        name = "Python" if self.implementation == "cpython" else self.implementation
        flags = " (%s)" % self.abi if sys.abiflags or self.implementation != "cpython" else ""
        return "%s %s%s on %s" % (name, self.version, flags, self.processor)

    def release_name(self, identity, links):
        """`links` to modules of system packages: where they differ, a release that is in use stays as it is."""
        lines = ["%s -> %s" % link for link in sorted(links.items())]
        key = "\n".join([*self.release_key(), *lines])
        return "%s-%s-%s" % (
            identity,
            self.abi,
            hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:8],
        )

    def release_key(self):
        """What tells it from others of the same ABI: an upgrade makes another release."""
        return [self.path, self.version]

    def enter(self, release):
        """The path of its release is known, and its own path follows when it is a part of that."""

    def serves(self, target):
        return (
            self.implementation == target["python"]["implementation"]
            and self.abi == target["python"]["abi"]
            and target["processor"] in ("any", self.processor)
        )


def choose_target(targets, interpreter):
    """The first target for this Python and this host. What differs is said before anything is written."""
    if os.path.exists(os.path.join(os.path.dirname(os.path.dirname(interpreter.path)), "pyvenv.cfg")):
        raise Refusal(
            "%s is a copy inside of a virtual environment" % interpreter.path,
            "Use the Python that the virtual environment was made with.",
        )
    if interpreter.layer is None and is_in_release(interpreter.path):
        raise Refusal(
            "%s is the Python inside of another artifact" % interpreter.path,
            "Start it as a program, so that it looks for one of this host, or name that by HOLDALL_PYTHON.",
        )
    fitting = [target for target in targets if interpreter.serves(target)]
    if not fitting:
        raise Refusal(
            "it serves %s; this is %s (%s)" % (render_targets(targets), interpreter, interpreter.path),
            interpreter.advice,
        )
    kind, version = find_libc()
    for target in fitting:
        libc = target.get("libc")
        if libc is None or (libc["kind"] == kind and numbers(version) >= numbers(libc["floor"])):
            return target
    host = "%s with %s" % (interpreter.processor, " ".join((kind, version)).strip())
    raise Refusal(
        "it serves %s; this host is %s" % (render_targets(targets), host),
        "Build it for this machine, with `holdall build --target`, or use another.",
    )


def is_in_release(path):
    """Whether an interpreter lies in the release of an artifact, as python/bin/pythonX.Y: it may go with that."""
    return os.path.exists(os.path.dirname(os.path.dirname(os.path.dirname(path))) + "/.in-use")


def numbers(version):
    return [int(part) for part in version.split(".")[:2] if part.isdigit()]


def find_libc():
    """Kind and version of the C library: `("glibc", "2.36")`. Without ctypes, which not every Python has."""
    try:
        kind, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
        if kind == "glibc":
            return kind, version
    except (ValueError, OSError):
        pass  # not a name that musl knows
    loaders = [name for name in list_names("/lib") if name.startswith("ld-musl-")]
    if not loaders:
        return "another C library", ""
    import subprocess

    # Its loader prints usage and version, and fails, when called without a program.
    shown = subprocess.run(["/lib/" + loaders[0]], stderr=subprocess.PIPE, check=False).stderr
    for line in shown.decode("ascii", "replace").splitlines():
        if line.startswith("Version "):
            return "musl", line.split()[1]
    return "musl", ""


def list_names(directory):
    try:
        return os.listdir(directory)
    except OSError:
        return []
