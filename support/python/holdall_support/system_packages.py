"""The packages of the host that an application needs: whether they are there, and the Python modules that they bring.

Only asked for when the plan names some; docs/starting.md, "System packages".
"""

import importlib.machinery
import os
import re
import shutil
import sys

from .inside import is_inside
from .refusal import Refusal

# Where packages put modules that are for one Python of the host.
FOR_A_PYTHON = re.compile(r"/usr/(?:local/)?lib(?:64)?/python3[0-9.]*/(?:dist|site)-packages/.")
METADATA = (".dist-info", ".egg-info")
NOT_MODULES = (".pth", ".pyi")
TAGGED = re.compile(r"(.+)(\.cpython-[^/]+\.so)")
DPKG_ROW = "${Package}\\t${binary:Package}\\t${Architecture}\\t${db:Status-Status}\\t${Provides}\\n"
RPM_ROW = "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\\n"


class Deb:
    kind, title, program, install = "deb", "Debian", "dpkg-query", "apt-get install"

    def is_used(self, run):
        """A system of another kind may have the program too; it has no packages of Debian, so not this one."""
        return run("--show", "dpkg")[0] == 0

    def find(self, run, names):
        """Name to the installed package that has it, or provides it under another name, as after a transition."""
        rows = [row.split("\t") for row in run("--show", "--showformat=" + DPKG_ROW)[1].splitlines()]
        rows = [row for row in rows if row[3].startswith(("installed", "triggers-"))]
        native = {row[2] for row in rows if row[0] == "dpkg"} | {"all"}
        found = {}
        for _, package, architecture, _, provides in rows:
            if architecture in native:
                for provided in provides.split(","):
                    found.setdefault(re.split(r"[\s:(]", provided.strip())[0], package)
        found.update({name: package for name, package, architecture, _, _ in rows if architecture in native})
        return {name: found[name] for name in names if name in found}

    def list_files(self, run, package):
        return run("--listfiles", package)[1].splitlines()


class Rpm:
    kind, title, program, install = "rpm", "RPM", "rpm", "dnf install"

    def is_used(self, run):
        return True

    def find(self, run, names):
        found = {}
        for name in names:
            status, output = run("--query", "--whatprovides", "--queryformat", RPM_ROW, name)
            if status == 0:
                found[name] = output.splitlines()[0]
        return found

    def list_files(self, run, package):
        return run("--query", "--list", package)[1].splitlines()


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
    system, run, installed = find_installed(plan["systemPackages"], environment)
    for package in dict.fromkeys(installed.values()):
        files = [path for path in system.list_files(run, package) if path.startswith("/")]
        links = link_modules(package, files)
        found.links.update(links)
        found.marks += find_marks(files, links)
    # One package may extend a directory that another has as a whole.
    covered = [place for place in found.links if any(parent in found.links for parent in list_parents(place))]
    for place in covered:
        del found.links[place]
    return found


def find_installed(packages, environment):
    """The kind of system, what runs its program, and by name what is installed. Refuses when something is not."""
    system, run = find_system(packages, environment)
    installed = system.find(run, packages[system.kind])
    missing = [name for name in packages[system.kind] if name not in installed]
    if missing:
        raise Refusal(
            "it needs packages that this system lacks: %s" % ", ".join(missing),
            "Run `%s %s` as root." % (system.install, " ".join(missing)),
        )
    return system, run, installed


def list_parents(place):
    parts = place.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def find_system(packages, environment):
    """The package manager of this host, of those that the plan has names for, and a function that runs it."""
    import subprocess  # most starts have no system packages

    directories = [path for path in environment.get("PATH", "").split(":") if path.startswith("/")]
    path = ":".join([*directories, "/usr/bin", "/bin"])
    wanted = [system for system in (Deb(), Rpm()) if packages[system.kind]]
    for system in wanted:
        program = shutil.which(system.program, path=path)

        def run(*words, program=program):
            done = subprocess.run(
                [program, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**environment, "LC_ALL": "C"},
                check=False,
            )
            return done.returncode, os.fsdecode(done.stdout)

        if program is not None and system.is_used(run):
            return system, run
    needs = " or ".join("%s packages (%s)" % (one.title, ", ".join(packages[one.kind])) for one in wanted)
    programs = " or ".join(one.program for one in wanted)
    raise Refusal(
        "it needs %s, and this system has no %s" % (needs, programs),
        "Start it on a system of that kind, where `%s` installs them." % wanted[0].install,
    )


def link_modules(package, files):
    """Place to path, for what a package has in the directories where the Python that runs this looks for modules.

    A package of Python's kind is linked as one, a directory that others may share (a namespace) is not: its content is.
    """
    import site

    listed = set(files)
    roots = [root + "/" for root in site.getsitepackages([sys.base_prefix, sys.base_exec_prefix])]
    modules = [(root, path[len(root) :]) for root in roots for path in files if path.startswith(root)]
    if not is_for_this_python(files, modules):
        raise Refusal(
            "the modules of its package %s are for another Python than %s" % (package, os.path.realpath(sys.executable)),
            "Build it without an interpreter inside."
            if is_inside()
            else "Use the Python that the system's packages are for, perhaps by HOLDALL_PYTHON=/usr/bin/python3.",
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
