"""Prints what holdall has to know about the interpreter that runs this file, as JSON. Started with -I -S -B."""

import glob
import importlib.util
import json
import os
import platform
import struct
import sys

POINTER_BITS = struct.calcsize("P") * 8
# A 32-bit Python on a 64-bit kernel needs 32-bit wheels, whatever uname says.
NARROW = {"x86_64": "i686", "aarch64": "armv7l"}


def libc():
    try:
        kind, version = os.confstr("CS_GNU_LIBC_VERSION").split()
        return {"kind": kind, "version": version}
    except (ValueError, OSError, AttributeError):
        pass
    if glob.glob("/lib/ld-musl-*"):
        return {"kind": "musl", "version": "1.2"}
    return None


def markers(processor):
    """The environment of PEP 508 markers."""
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": platform.python_version(),
        "os_name": os.name,
        "platform_machine": processor,
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": "",
        "platform_system": platform.system(),
        "platform_version": "",
        "python_full_version": platform.python_version(),
        "python_version": "%d.%d" % sys.version_info[:2],
        "sys_platform": sys.platform,
    }


def standard_modules():
    """Names at the top of the standard library, wherever it keeps them."""
    if hasattr(sys, "stdlib_module_names"):  # from Python 3.10 on
        return sorted(sys.stdlib_module_names)
    directory = os.path.dirname(os.__file__)
    files = [*os.listdir(directory), *glob.glob1(directory + "/lib-dynload", "*.so")]
    names = {name.partition(".")[0] for name in files} | set(sys.builtin_module_names)
    return sorted(name for name in names - {"test"} if name.isidentifier())


def main():
    version = "%d.%d" % sys.version_info[:2]
    machine = os.uname().machine
    processor = machine if POINTER_BITS == 64 else NARROW.get(machine, machine)
    # The interpreter of a virtual environment stands for the one that it was made with.
    executable = getattr(sys, "_base_executable", None) or sys.executable
    print(json.dumps({
        "executable": executable,
        "realPath": os.path.realpath(executable),
        "version": version,
        "fullVersion": platform.python_version(),
        "build": sys.version,
        "implementation": sys.implementation.name,
        "abi": "cp" + version.replace(".", "") + sys.abiflags,
        "cacheTag": sys.implementation.cache_tag,
        "magic": importlib.util.MAGIC_NUMBER.hex(),
        "processor": processor,
        "libc": libc(),
        "markers": markers(processor),
        "standardModules": standard_modules(),
    }))


main()
