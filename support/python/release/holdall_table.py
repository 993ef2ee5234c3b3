"""Finds the modules of a release without looking into its directories, which never change: docs/starting.md, "Modules".

Where a module is looked for stays Python's affair: sys.path, sys.meta_path and sys.path_hooks are as always. Only who
answers for a directory of the release is another: a FileFinder that knows most sources there, and asks the disk about
all else.
Imported by holdall_release when a process imports something of the release.
"""

import _imp
import marshal
import os
import sys

# What importlib.machinery has these from. It is always there; that module and what it imports may have to be loaded.
from _frozen_importlib_external import (
    BYTECODE_SUFFIXES,
    MAGIC_NUMBER,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
    _compile_bytecode,
    spec_from_file_location,
)

PLACE = "/.modules"
TAG = sys.implementation.cache_tag
BLOCK = 1 << 16
# The start of bytecode that is valid whatever has become of its source (PEP 552), the only kind that layers have.
UNCHECKED = MAGIC_NUMBER + b"\1\0\0\0"
LOADERS = (  # in the order of importlib's own finders
    (ExtensionFileLoader, _imp.extension_suffixes()),
    (SourceFileLoader, SOURCE_SUFFIXES),
    (SourcelessFileLoader, BYTECODE_SUFFIXES),
)


def use_table(release, hooks):
    """`hooks` are those of sys.path_hooks that Python itself has put there."""
    if is_suitable():
        table = Table(release, hooks)
        for directory in sys.path:
            table.ensure_finder(directory)


def is_suitable():
    """Whether Python would take the bytecode of the release, and would do so without a word."""
    return (
        sys.implementation.name == "cpython"
        and not sys.flags.optimize
        and not sys.flags.verbose
        and _imp.check_hash_based_pycs == "default"
        and os.environ.get("HOLDALL_TABLE") != "off"
    )


class Table:
    """For each directory with modules, marshalled: their names, each with whether it is a package."""

    def __init__(self, release, hooks):
        self.directories = marshal.loads(read_bytes(release + PLACE))
        self.release = release + "/"
        self.hooks = hooks

    def ensure_finder(self, directory):
        """Where Python's own would answer for the directory, and the table knows it."""
        known = sys.path_importer_cache.get(directory)
        if (known is None or type(known) is FileFinder) and directory.startswith(self.release):
            names = self.directories.get(directory[len(self.release) :])
            if names is not None and sys.path_hooks == self.hooks:
                sys.path_importer_cache[directory] = Finder(directory, marshal.loads(names), self)


class Finder(FileFinder):
    def __init__(self, directory, names, table):
        super().__init__(directory, *LOADERS)
        self.names = names
        self.table = table

    def find_spec(self, fullname, target=None):
        name = fullname.rpartition(".")[2]
        is_package = self.names.get(name)
        if is_package is None or sys.pycache_prefix is not None:
            spec = super().find_spec(fullname, target)
            for directory in (spec and spec.submodule_search_locations) or ():
                self.table.ensure_finder(directory)  # packages in a namespace
            return spec
        place = "%s/%s" % (self.path, name)
        path, directories = (place + "/__init__.py", [place]) if is_package else (place + ".py", None)
        loader = SourceLoader(fullname, path)
        spec = spec_from_file_location(fullname, path, loader=loader, submodule_search_locations=directories)
        spec.cached = find_bytecode(path)
        if is_package:
            self.table.ensure_finder(place)
        return spec


class SourceLoader(SourceFileLoader):
    """Does not look at the source first: bytecode of the kind that is here is valid without."""

    def get_code(self, fullname):
        path = find_bytecode(self.path)
        content = read_bytes(path)
        if fullname != self.name or not content.startswith(UNCHECKED):
            return super().get_code(fullname)
        return _compile_bytecode(memoryview(content)[16:], fullname, path, self.path)


def find_bytecode(path):
    directory, _, name = path.rpartition("/")
    return "%s/__pycache__/%s.%s.pyc" % (directory, name[: -len(".py")], TAG)


def read_bytes(path):
    """Without all that io asks of a file first. Empty when it cannot be read."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        content = block = os.read(file, BLOCK)
        while len(block) == BLOCK:
            block = os.read(file, BLOCK)
            content += block
        return content
    finally:
        os.close(file)
