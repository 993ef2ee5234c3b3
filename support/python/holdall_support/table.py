"""The table of a release's modules, `.modules` in it: its processes read that instead of listing directories
(release/holdall_table.py).

It has what is beyond doubt: sources with bytecode beside them. The rest is left to Python: extension modules, bytecode
without a source, namespace packages, links, and whatever has the name of one of these.
"""

import marshal
import sys

OTHER_MODULES = (".so", ".pyc")


def make_table(release):
    """Directory in the release to the names of its modules. A release is for one version of Python, as marshal's form is."""
    files = {*release.files, *release.texts, *release.list_bytecode()}
    directories = find_modules(files, release.links)
    return marshal.dumps({path: marshal.dumps(directories[path]) for path in sorted(directories)})


def find_modules(files, links):
    """Directory to the names in it, each with whether it is a package. Of paths in a release."""
    doubtful = {strip_suffixes(place) for place in (*links, *(file for file in files if file.endswith(OTHER_MODULES)))}
    directories = {}
    for place in sorted(files):
        if not place.endswith(".py") or find_bytecode(place) not in files:
            continue
        module = place[: -len(".py")]
        is_package = module.endswith("/__init__")
        if is_package:
            module = module[: -len("/__init__")]
        elif module + "/__init__.py" in files:  # Python takes the package
            continue
        directory, _, name = module.rpartition("/")
        if name.isascii() and name.isidentifier() and doubtful.isdisjoint((module, module + "/__init__")):
            directories.setdefault(directory, {})[name] = is_package
    return directories


def find_bytecode(place):
    directory, _, name = place.rpartition("/")
    return "%s/__pycache__/%s.%s.pyc" % (directory, name[: -len(".py")], sys.implementation.cache_tag)


def strip_suffixes(place):
    directory, _, name = place.rpartition("/")
    return "%s/%s" % (directory, name.partition(".")[0])
