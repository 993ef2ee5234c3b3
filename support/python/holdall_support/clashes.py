"""Whether a server has already imported modules that the artifact brings in another version.

A process has one module of a name: the application would get the server's, untested. docs/decisions/0013 has the rule.
"""

import os
import re
import sys
from importlib.machinery import PathFinder
from importlib.metadata import distributions

from .refusal import Refusal

# Who starts a server by its name wants that one, not the one that the artifact brings for its own start.
SERVERS = {"daphne", "granian", "gunicorn", "hypercorn", "mod-wsgi", "uvicorn", "uvicorn-worker", "uwsgi", "waitress"}
# setuptools has the last imported wherever it is installed, by a .pth file, and nothing else of it.
NOT_SHARED = ("__main__", "__mp_main__", "holdall_app", "holdall_support", "_distutils_hack")


class Owner:
    """The distribution that a module came with; without metadata, its file."""

    def __init__(self, name, version, file):
        self.name = name
        self.version = version
        self.file = file


def check_clashes(import_path, allowed):
    """Refuses what is there in another version, but for the names in `allowed`."""
    permitted = {normalize(name) for name in re.split(r"[\s,]+", allowed)}
    clashes = {}
    for name, theirs, ours in find_common_modules(import_path):
        if name.partition(".")[0] in NOT_SHARED or normalize(name) in permitted:
            continue
        server, own = find_owner(name, theirs), find_owner(name, ours)
        known = {normalize(owner.name) for owner in (server, own) if owner.version is not None}
        if known & (SERVERS | permitted) or is_same(server, own):
            continue
        clashes.setdefault(own.name, (server, own))
    if clashes:
        raise Refusal(render_clashes(clashes.values()), render_hint([own for _, own in clashes.values()]))


def find_common_modules(import_path):
    """Name, the file that this process has imported, the file that the artifact brings."""
    places = {"": import_path}  # packages without a file of their own may be in several distributions
    for name, module in sorted(sys.modules.items()):
        search = places.get(name.rpartition(".")[0])
        if search is None or name in sys.builtin_module_names:
            continue
        theirs = getattr(module, "__dict__", {}).get("__file__")  # some are no modules, and answer to any name
        spec = None if theirs is not None and is_standard(theirs) else PathFinder.find_spec(name, search)
        if spec is None:
            continue
        if theirs is None:
            places[name] = list(spec.submodule_search_locations or [])
        elif spec.origin is not None and os.path.realpath(theirs) != os.path.realpath(spec.origin):
            yield name, theirs, spec.origin


def is_standard(file):
    """In the release, too, the standard library comes first."""
    library = os.path.dirname(os.__file__)
    below = file[len(library) :].split("/")
    return file.startswith(library + "/") and below[1] not in ("site-packages", "dist-packages")


def find_owner(name, file):
    place = os.path.join(*name.split("."))
    root, _, rest = file.rpartition("/" + place)
    relative = place + rest
    candidates = list(distributions(path=[root])) if rest else []
    # That of the same name first: most are found without reading the lists of the others.
    candidates.sort(key=lambda each: normalize(each.metadata["Name"] or "") != normalize(name))
    for each in candidates:
        if has_file(each, name, relative):
            return Owner(each.metadata["Name"], each.version, file)
    return Owner(name, None, file)


def has_file(distribution, name, relative):
    record = distribution.read_text("RECORD")
    if record is not None:
        return ("\n" + record).find("\n%s," % relative) >= 0
    # Debian ships none.
    modules = (distribution.read_text("top_level.txt") or distribution.metadata["Name"] or "").split()
    return name.partition(".")[0] in [normalize(module).replace("-", "_") for module in modules]


def is_same(server, own):
    if server.version is not None and own.version is not None:
        return (normalize(server.name), server.version) == (normalize(own.name), own.version)
    with open(server.file, "rb") as one, open(own.file, "rb") as other:
        return one.read() == other.read()


def render_clashes(clashes):
    parts = ["%s where the artifact brings %s" % (render_owner(server), render_owner(own)) for server, own in clashes]
    return "its server has already imported " + ", ".join(parts)


def render_owner(owner):
    return "%s (%s)" % (owner.name, owner.file) if owner.version is None else "%s %s" % (owner.name, owner.version)


def render_hint(owners):
    wanted = ["%s==%s" % (owner.name, owner.version) for owner in owners if owner.version is not None]
    names = ",".join(owner.name for owner in owners)
    install = "Install %s beside the server, or " % " ".join(wanted) if wanted else "Start it by itself, or "
    return install + "set HOLDALL_ALLOW_CLASHES=%s to let the application use what the server has." % names


def normalize(name):
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()
