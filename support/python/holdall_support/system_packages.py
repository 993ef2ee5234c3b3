"""What the packages of the host that a plan names bring into a release: links to their Python modules. Only looked for
when the plan names some; docs/starting.md, "System packages".
"""

import importlib.machinery
import os
import re
import sys

from .inside import is_inside
from .refusal import Refusal

# Where packages put modules that are for one Python of the host.
FOR_A_PYTHON = re.compile(r"/usr/(?:local/)?lib(?:64)?/python3[0-9.]*/(?:dist|site)-packages/.")
METADATA = (".dist-info", ".egg-info")
NOT_MODULES = (".pth", ".pyi")
TAGGED = re.compile(r"(.+)(\.cpython-[^/]+\.so)")


class SystemPackages:
    """What the packages bring into a release, and how to see without a program that they are still there."""

    def __init__(self):
        self.links = {}  # place below the directory of links, to the host's file or directory
        self.marks = []  # files of the host: when one has gone, the packages have to be looked at again


def find_system_packages(plan, environment):
    """For the interpreter that runs this. Refuses when one is missing, or has modules for another Python."""
    found = SystemPackages()
    if "systemPackages" not in plan:
        return found
    from .package_managers import find_installed  # most starts have no use for it

    manager, installed = find_installed(plan["systemPackages"], environment)
    for package in dict.fromkeys(installed.values()):
        files = manager.list_files(package)
        links = link_modules(package, files)
        found.links.update(links)
        found.marks += find_marks(files, links)
    # One package may extend a directory that another has as a whole.
    covered = [place for place in found.links if any(parent in found.links for parent in list_parents(place))]
    for place in covered:
        del found.links[place]
    return found


def plan_directory(site_packages, links):
    """Texts and links of a virtual environment, by their places in it: the modules are in a directory that is last on
    sys.path, as .pth files are read in the order of their names.
    """
    if not links:
        return {}, {}
    directory = os.path.dirname(site_packages) + "/system-packages"
    texts = {site_packages + "/~holdall-system.pth": b"../system-packages\n"}
    return texts, {"%s/%s" % (directory, place): target for place, target in links.items()}


def list_parents(place):
    parts = place.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def link_modules(package, files):
    """Place to path, for what a package has in the directories where the Python that runs this looks for modules.

    A package of Python's kind is linked as one, a directory that others may share (a namespace) is not: its content is.
    """
    import site

    listed = set(files)
    roots = [root + "/" for root in site.getsitepackages([sys.base_prefix, sys.base_exec_prefix])]
    modules = [(root, path[len(root) :]) for root in roots for path in files if path.startswith(root)]
    if not is_for_this_python(files, modules):
        python = os.path.realpath(sys.executable)
        hint = "Use the Python that the system's packages are for, perhaps by HOLDALL_PYTHON=/usr/bin/python3."
        raise Refusal(
            "the modules of its package %s are for another Python than %s" % (package, python),
            "Build it without an interpreter inside." if is_inside() else hint,
        )
    links = {}
    for root, below in modules:
        place = ""
        for part in below.split("/"):
            place = place + "/" + part if place else part
            if not is_linkable(part):
                break
            if root + place + "/__init__.py" in listed or part.endswith(METADATA) or is_file(root + place):
                links.setdefault(place, root + place)
                break
    return links


def is_for_this_python(files, modules):
    if not modules:
        return not any(FOR_A_PYTHON.match(path) for path in files)
    tags = {}
    for _, path in modules:
        match = TAGGED.fullmatch(path)
        if match is not None:
            tags.setdefault(match.group(1), set()).add(match.group(2))
    return all(importlib.machinery.EXTENSION_SUFFIXES[0] in found for found in tags.values())


def is_linkable(name):
    if name.endswith(NOT_MODULES) or name == "__pycache__":
        return False
    return name.endswith(METADATA) or name.partition(".")[0].isidentifier()


def is_file(path):
    """A listed file may be absent: images of containers leave some out."""
    return os.path.lexists(path) and not os.path.isdir(path)


def find_marks(files, links):
    """A file of each link: a directory may outlive its package, with bytecode in it. Without modules, one file of the
    package, if it has any besides its documentation.
    """
    if links:
        modules = [target + "/__init__.py" for target in links.values()]
        return [module if is_file(module) else target for module, target in zip(modules, links.values())]
    return [path for path in files if is_file(path) and not path.startswith("/usr/share/doc/")][:1]
