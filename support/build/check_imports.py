"""Imports what an artifact promises to have, in a throw-away environment. Standard input has one JSON object:

    root         an empty directory, for the environment
    layers       paths of the layers (tar.gz), in the order in which they are placed
    importPath   directories of the application, relative to it
    references   texts `module:attribute`

Writes `result.json` into the root: `{"failed": null, "unsure": []}`, or the first reference that fails with its
traceback. What the imported code prints goes where it likes.

Failed is what no host can mend: a module or name that is not there, text that is not Python. Code that stops for
another reason (it wants a setting, a file, a database) may well run on a host: it is listed as unsure.
"""

import importlib
import json
import os
import subprocess
import sys
import tarfile
import traceback


def place(layer, root):
    """Layers were written by this build: they are trusted, and so is where their paths lead."""
    version = "python%d.%d" % sys.version_info[:2]
    places = {
        "site-packages": os.path.join(root, "lib", version, "site-packages"),
        "scripts": os.path.join(root, "bin"),
        "headers": os.path.join(root, "include"),
        "data": root,
        "app": os.path.join(root, "app"),
    }
    with tarfile.open(layer, "r:gz") as archive:
        for member in archive:
            top, _, below = member.name.partition("/")
            target = os.path.join(places[top], below)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.lexists(target):
                os.unlink(target)
            if member.issym():
                os.symlink(member.linkname, target)
                continue
            with open(target, "wb") as file:
                file.write(archive.extractfile(member).read())
            os.chmod(target, member.mode)


def compose(request):
    """A virtual environment, so that .pth files, metadata and sys.prefix are as in a release."""
    root = request["root"]
    os.makedirs(os.path.join(root, "bin"))
    with open(os.path.join(root, "pyvenv.cfg"), "w") as file:
        file.write("home = %s\ninclude-system-site-packages = false\n" % os.path.dirname(sys.executable))
    for layer in request["layers"]:
        place(layer, root)
    python = os.path.join(root, "bin", "python")
    os.symlink(sys.executable, python)
    return python


def reason_of(error):
    """The last part of a traceback, in one line."""
    return "".join(traceback.format_exception_only(type(error), error)).strip().split("\n")[0]


def try_reference(reference):
    """Whether it is there: (None, "", ""), or `failed` or `unsure`, the reason, and a traceback."""
    module, _, attribute = reference.partition(":")
    try:
        value = importlib.import_module(module)
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
    app = os.path.join(root, "app")
    sys.path.extend(os.path.normpath(os.path.join(app, directory)) for directory in request["importPath"])
    result = {"failed": None, "unsure": []}
    for reference in request["references"]:
        verdict, reason, trace = try_reference(reference)
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
    python = compose(request)
    path = os.path.join(request["root"], "request.json")
    with open(path, "w") as file:
        json.dump(request, file)
    work = os.path.join(request["root"], "work")
    os.makedirs(work)
    return subprocess.call([python, "-I", "-B", os.path.abspath(__file__), path], cwd=work, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
