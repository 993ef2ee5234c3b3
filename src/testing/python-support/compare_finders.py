"""Run by the Python of a release: compares what its finders say with what Python's own would, for each name in each of its
directories that can be imported from. Prints how many were compared, how many of them the table knew, and what differs.
"""

import importlib.util
import json
import os
import pkgutil
import sys

NOWHERE = "holdall_compares"  # a name that no module has


def compare_directory(directory, package, report):
    ours, theirs = pkgutil.get_importer(directory), sys.path_hooks[-1](directory)
    compare(directory, report, *(list(pkgutil.iter_importer_modules(each)) for each in (ours, theirs)))
    compare(directory, report, *(repr(each) for each in (ours, theirs)))
    for name in sorted({entry.partition(".")[0] for entry in os.listdir(directory)} | {NOWHERE}):
        fullname = package + name
        spec, expected = ours.find_spec(fullname), theirs.find_spec(fullname)
        report["names"] += 1
        report["known"] += name in getattr(ours, "names", ())
        compare(fullname, report, describe_spec(spec), describe_spec(expected))
        for below in (expected and expected.submodule_search_locations) or ():
            if not os.path.islink(below):
                compare_directory(below, fullname + ".", report)


def compare(name, report, ours, theirs):
    if ours != theirs:
        report["differences"].append([name, repr(ours), repr(theirs)])


def describe_spec(spec):
    if spec is None:
        return None
    places = spec.submodule_search_locations
    return {
        "name": spec.name,
        "parent": spec.parent,
        "origin": spec.origin,
        "cached": spec.cached,
        "has_location": spec.has_location,
        "loader_state": spec.loader_state,
        "places": None if places is None else (type(places).__name__, list(places)),
        "loader": spec.loader and describe_loader(spec.loader, spec),
    }


def describe_loader(loader, spec):
    kinds = [kind.__name__ for kind in type(loader).__mro__ if kind.__module__ != "holdall_table"]
    asked = {
        "is_package": lambda: loader.is_package(spec.name),
        "get_filename": lambda: loader.get_filename(spec.name),
        "get_source": lambda: loader.get_source(spec.name),
        "get_data": lambda: loader.get_data(spec.origin),
        "path_stats": lambda: loader.path_stats(spec.origin),
        "get_code": lambda: describe_code(loader.get_code(spec.name)),
        "another's code": lambda: loader.get_code(spec.name + "_of_another"),
        "resources": lambda: sorted(loader.get_resource_reader(spec.name).contents()),
    }
    return kinds, vars(loader), {question: answer(ask) for question, ask in asked.items()}


def answer(ask):
    try:
        return ask()
    except Exception as error:
        return repr(error)


def describe_code(code):
    """Code objects are equal whatever file they say they are from."""
    return code, [each.co_filename for each in list_code(code)] if code else []


def list_code(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            yield from list_code(constant)


importlib.util.find_spec(NOWHERE)  # the table is not read before something is looked for
release = sys.prefix + "/"
report = {"names": 0, "known": 0, "differences": []}
for directory in sys.path:
    if directory.startswith(release) and os.path.isdir(directory):
        compare_directory(directory, "", report)
json.dump(report, sys.stdout)
