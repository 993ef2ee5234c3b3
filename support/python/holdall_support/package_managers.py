"""The package managers of hosts: which packages are installed, and which files these have. Each is asked by its own
program; nothing here changes a host.
"""

import os
import re
import shutil
import subprocess

from .refusal import Refusal

DPKG_ROW = "${Package}\\t${binary:Package}\\t${Architecture}\\t${db:Status-Status}\\t${Provides}\\n"
RPM_ROW = "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\\n"


class PackageManager:
    def __init__(self, path, environment):
        self.path = path
        self.environment = {**environment, "LC_ALL": "C"}

    def run(self, *words):
        """Status and output."""
        done = subprocess.run(
            [self.path, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.environment,
            check=False,
        )
        return done.returncode, os.fsdecode(done.stdout)


class Dpkg(PackageManager):
    kind, title, program, install = "deb", "Debian", "dpkg-query", "apt-get install"

    def is_used(self):
        """A system of another kind may have the program too; it has no packages of Debian, so not this one."""
        return self.run("--show", "dpkg")[0] == 0

    def find(self, names):
        """Name to the installed package that has it, or provides it under another name, as after a transition."""
        rows = [row.split("\t") for row in self.run("--show", "--showformat=" + DPKG_ROW)[1].splitlines()]
        rows = [row for row in rows if row[3].startswith(("installed", "triggers-"))]
        native = {row[2] for row in rows if row[0] == "dpkg"} | {"all"}
        found = {}
        for _, package, architecture, _, provides in rows:
            if architecture in native:
                for provided in provides.split(","):
                    found.setdefault(re.split(r"[\s:(]", provided.strip())[0], package)
        found.update({name: package for name, package, architecture, _, _ in rows if architecture in native})
        return {name: found[name] for name in names if name in found}

    def list_files(self, package):
        return [line for line in self.run("--listfiles", package)[1].splitlines() if line.startswith("/")]


class Rpm(PackageManager):
    kind, title, program, install = "rpm", "RPM", "rpm", "dnf install"

    def is_used(self):
        return True

    def find(self, names):
        """Name to the installed package that has or provides it."""
        found = {}
        for name in names:
            status, output = self.run("--query", "--whatprovides", "--queryformat", RPM_ROW, name)
            if status == 0:
                found[name] = output.splitlines()[0]
        return found

    def list_files(self, package):
        return [line for line in self.run("--query", "--list", package)[1].splitlines() if line.startswith("/")]


def find_installed(packages, environment):
    """The package manager of this host and, by name, what is installed of a plan's `systemPackages`. Refuses when
    something is not.
    """
    manager = find_package_manager(packages, environment)
    installed = manager.find(packages[manager.kind])
    missing = [name for name in packages[manager.kind] if name not in installed]
    if missing:
        raise Refusal(
            "it needs packages that this system lacks: %s" % ", ".join(missing),
            "Run `%s %s` as root." % (manager.install, " ".join(missing)),
        )
    return manager, installed


def find_package_manager(packages, environment):
    """The first that this host uses, of those that the plan has names for."""
    # Relative directories in PATH are left out: they are data.
    directories = [path for path in environment.get("PATH", "").split(":") if path.startswith("/")]
    search = ":".join([*directories, "/usr/bin", "/bin"])
    wanted = [kind for kind in (Dpkg, Rpm) if packages[kind.kind]]
    for kind in wanted:
        path = shutil.which(kind.program, path=search)
        if path is not None:
            manager = kind(path, environment)
            if manager.is_used():
                return manager
    needs = " or ".join("%s packages (%s)" % (kind.title, ", ".join(packages[kind.kind])) for kind in wanted)
    programs = " or ".join(kind.program for kind in wanted)
    raise Refusal(
        "it needs %s, and this system has no %s" % (needs, programs),
        "Start it on a system of that kind, where `%s` installs them." % wanted[0].install,
    )
