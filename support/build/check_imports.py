"""Imports what an artifact promises to have. Started with `-I` by the Python of a virtual environment that has the
distributions (make_environment.py). Standard input has one JSON object:

    root         an empty directory, for all else
    own          paths of the layers of the application itself
    importPath   directories of the application, relative to it
    references   texts `module:attribute`
    systemPackages  those of the plan, or null

Writes `result.json` into the root: `{"failed": null, "unsure": [], "read": []}`, or the first reference that fails with its
traceback. `read` has the paths, as layers have them, of the application's files that anybody opened; null when that is
not known. What the imported code prints goes where it likes.

Failed is what no host can mend: a module or name that is not there, text that is not Python. Code that stops for
another reason (it wants a setting, a file, a database) may well run on a host: it is listed as unsure. So is a module
that is not there when the system packages that hosts will have are not on this machine.
"""

import importlib
import json
import os
import site
import sys

BUILD = os.path.dirname(os.path.abspath(__file__))
SUPPORT = os.path.join(os.path.dirname(BUILD), "python")
sys.path.insert(0, BUILD)
from read_layer import LIBRARY, place_layer  # noqa: E402

sys.path.remove(BUILD)
# Audit events (PEP 578) that name a file, and those after which other processes may open files unseen.
OPENING = {"open", "import", "ctypes.dlopen", "sqlite3.connect"}
LEAVING = {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen"}


class Reading:
    """Which of the application's files were opened: a verdict stays right as long as these are the same."""

    def __init__(self, root, placed):
        self.root = root + os.sep
        self.placed = placed
        self.paths = set()
        self.is_known = True

    def hear(self, event, arguments):
        if event in LEAVING:
            self.is_known = False
        elif event in OPENING:
            path = arguments[1 if event == "import" else 0]
            if isinstance(path, (str, bytes, os.PathLike)):
                # os.open() may take a path as relative to another directory, and does not say so.
                self.note(os.fsdecode(path), event == "open" and arguments[1] is None)

    def note(self, path, is_from_os):
        try:
            if not os.path.isabs(path):
                self.is_known = self.is_known and not is_from_os
                path = os.path.abspath(path)
            if path.startswith(self.root):
                # Under its own name, and under that of what a link leads to.
                self.paths.update((os.path.normpath(path), os.path.realpath(path)))
        except (OSError, ValueError):  # the working directory is gone; a NUL
            self.is_known = False

    def list(self):
        if not self.is_known:
            return None
        return sorted(self.placed[path] for path in self.paths if path in self.placed)


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
    import traceback  # only now: most imports work, and it is slow to load

    return "".join(traceback.format_exception_only(type(error), error)).strip().split("\n")[0]


def trace_of(error):
    import traceback

    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def try_reference(reference, lacking):
    """Whether it is there: (None, "", ""), or `failed` or `unsure`, the reason, and a traceback."""
    module, _, attribute = reference.partition(":")
    try:
        value = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if lacking is not None:
            return "unsure", "%s; %s" % (reason_of(error), lacking), ""
        return "failed", reason_of(error), trace_of(error)
    except (ImportError, SyntaxError, NameError) as error:
        return "failed", reason_of(error), trace_of(error)
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


def check_all(references, lacking):
    result = {"failed": None, "unsure": []}
    for reference in references:
        verdict, reason, trace = try_reference(reference, lacking)
        if verdict == "unsure":
            result["unsure"].append({"reference": reference, "reason": reason})
        elif verdict == "failed":
            result["failed"] = {"reference": reference, "reason": reason, "traceback": trace}
            break
    return result


def main():
    request = json.load(sys.stdin)
    root = os.path.realpath(request["root"])
    placed = {}
    for layer in request["own"]:
        placed.update(place_layer(layer, root))
    system_packages = os.path.join(root, "system-packages")
    lacking = link_system_packages(request["systemPackages"], system_packages)
    reading = Reading(root, placed)
    sys.addaudithook(reading.hear)
    site.addsitedir(os.path.join(root, LIBRARY))
    app = os.path.join(root, "app")
    sys.path.extend(os.path.normpath(os.path.join(app, directory)) for directory in request["importPath"])
    sys.path.append(system_packages)
    os.makedirs(os.path.join(root, "work"))
    os.chdir(app if request["workingDirectory"] == "app" else os.path.join(root, "work"))
    result = check_all(request["references"], lacking)
    result["read"] = reading.list()
    with open(os.path.join(root, "result.json"), "w") as file:
        json.dump(result, file)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads that an import has started would keep it here


if __name__ == "__main__":
    main()
