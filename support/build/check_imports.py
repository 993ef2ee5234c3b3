"""Imports what an artifact promises to have, in a virtual environment made of its layers. Standard input has one JSON
object:

    environment  directory for the distributions; made when it is not there, and kept for the next time
    layers       paths of their layers (tar.gz), in the order in which they are placed
    root         an empty directory, for all else
    own          paths of the layers of the application itself
    importPath   directories of the application, relative to it
    references   texts `module:attribute`
    systemPackages  those of the plan, or null

Writes `result.json` into the root: `{"failed": null, "unsure": []}`, or the first reference that fails with its
traceback. What the imported code prints goes where it likes.

Failed is what no host can mend: a module or name that is not there, text that is not Python. Code that stops for
another reason (it wants a setting, a file, a database) may well run on a host: it is listed as unsure. So is a module
that is not there when the system packages that hosts will have are not on this machine.
"""

import importlib
import json
import os
import shutil
import site
import subprocess
import sys
import tarfile
import time
import traceback

LIBRARY = os.path.join("lib", "python%d.%d" % sys.version_info[:2], "site-packages")
PLACES = {"site-packages": LIBRARY, "scripts": "bin", "headers": "include", "data": "", "app": "app"}
SUPPORT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "python")
KEEP_SECONDS = 14 * 24 * 3600


def place(layer, root):
    """Layers were written by this build: they are trusted, and so is where their paths lead."""
    with tarfile.open(layer, "r:gz") as archive:
        for member in archive:
            top, _, below = member.name.partition("/")
            target = os.path.join(root, PLACES[top], below)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.lexists(target):
                os.unlink(target)
            if member.issym():
                os.symlink(member.linkname, target)
                continue
            with open(target, "wb") as file:
                file.write(archive.extractfile(member).read())
            os.chmod(target, member.mode)


def prune(directory):
    """Environments are large and made again in seconds: what nobody has built with for a while goes."""
    for entry in os.scandir(directory):
        if entry.stat().st_mtime < time.time() - KEEP_SECONDS:
            shutil.rmtree(entry.path, ignore_errors=True)


def ensure_environment(environment, layers, root):
    """.pth files, metadata and sys.prefix are as in a release. Bytecode is left to Python: it makes what is imported."""
    if os.path.exists(os.path.join(environment, "pyvenv.cfg")):
        os.utime(environment)
        return
    prune(os.path.dirname(environment))
    staged = os.path.join(root, "environment")
    os.makedirs(os.path.join(staged, "bin"))
    os.makedirs(os.path.join(staged, LIBRARY))
    with open(os.path.join(staged, "pyvenv.cfg"), "w") as file:
        file.write("home = %s\ninclude-system-site-packages = false\n" % os.path.dirname(sys.executable))
    for layer in layers:
        place(layer, staged)
    os.symlink(sys.executable, os.path.join(staged, "bin", "python"))
    try:
        os.rename(staged, environment)
    except OSError:
        if not os.path.isdir(environment):  # else another build was faster
            raise


def link_system_packages(packages, directory):
    """Links their modules as a release does. The reason, if this machine or its Python does not have them."""
    if packages is None:
        return None
    sys.path.insert(0, SUPPORT)
    from holdall_support.refusal import Refusal
    from holdall_support.system_packages import find_system_packages

    try:
        links = find_system_packages({"systemPackages": packages}, dict(os.environ)).links
    except Refusal as refusal:
        return refusal.reason
    for place, target in links.items():
        path = os.path.join(directory, place)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(target, path)
    return None


def reason_of(error):
    """The last part of a traceback, in one line."""
    return "".join(traceback.format_exception_only(type(error), error)).strip().split("\n")[0]


def try_reference(reference, lacking):
    """Whether it is there: (None, "", ""), or `failed` or `unsure`, the reason, and a traceback."""
    module, _, attribute = reference.partition(":")
    try:
        value = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if lacking is not None:
            return "unsure", "%s; %s" % (reason_of(error), lacking), ""
        return "failed", reason_of(error), traceback.format_exc()
    except (ImportError, SyntaxError, NameError) as error:
        return "failed", reason_of(error), traceback.format_exc()
    except BaseException as error:  # SystemExit too: an import has to come back
        return "unsure", reason_of(error), ""
    for name in attribute.split("."):
        try:
            value = getattr(value, name)
        except AttributeError as error:
            return "failed", reason_of(error), ""
        except BaseException as error:  # lazy attributes run code
            return "unsure", reason_of(error), ""
    return None, "", ""


def check(request):
    root = request["root"]
    site.addsitedir(os.path.join(root, LIBRARY))
    app = os.path.join(root, "app")
    sys.path.extend(os.path.normpath(os.path.join(app, directory)) for directory in request["importPath"])
    sys.path.append(os.path.join(root, "system-packages"))
    result = {"failed": None, "unsure": []}
    for reference in request["references"]:
        verdict, reason, trace = try_reference(reference, request["lacking"])
        if verdict == "unsure":
            result["unsure"].append({"reference": reference, "reason": reason})
        elif verdict == "failed":
            result["failed"] = {"reference": reference, "reason": reason, "traceback": trace}
            break
    with open(os.path.join(root, "result.json"), "w") as file:
        json.dump(result, file)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads that an import has started would keep it here


def main():
    if len(sys.argv) > 1:
        with open(sys.argv[1]) as file:
            check(json.load(file))
    request = json.load(sys.stdin)
    root = request["root"]
    ensure_environment(request["environment"], request["layers"], root)
    for layer in request["own"]:
        place(layer, root)
    directory = os.path.join(root, "system-packages")
    request["lacking"] = link_system_packages(request["systemPackages"], directory)
    path = os.path.join(root, "request.json")
    with open(path, "w") as file:
        json.dump(request, file)
    work = os.path.join(root, "work")
    os.makedirs(work)
    python = os.path.join(request["environment"], "bin", "python")
    return subprocess.call([python, "-I", os.path.abspath(__file__), path], cwd=work, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
