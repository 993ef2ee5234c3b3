"""A release: a virtual environment made of stored layers, for the path where it lies and one interpreter.

`plan_release` decides what is where, `make_release` does it, `is_release_whole` looks whether it is so.
"""

import errno
import os
import shutil
import sys

from . import scripts
from .layer import check_nesting
from .system_packages import plan_directory
from .table import make_table

UP = "../../.."  # from site-packages to the release
MARK = ".in-use"
# Nobody opens it, so whoever deletes what was not read for long deletes it with the first of the other files. A start
# looks whether it is there.
UNTOUCHED = ".untouched"
TABLE = ".modules"  # release/holdall_table.py reads it
# Functions that scripts of distributions call, and what is called instead: modules of release/, which say why.
RUNNERS = {"gunicorn.app.wsgiapp:run": "holdall_gunicorn:main"}
# What link(2) says when a file system has no hard links, forbids this one, or has made too many of one file.
NO_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.EACCES)


class Release:
    """What is in a release: path in it to what it comes from."""

    def __init__(self, path, interpreter):
        self.path = path
        self.site_packages = interpreter.library + "/site-packages"
        self.places = {  # the first part of a path in a layer, to where it lies here
            "app": "app",
            "site-packages": self.site_packages,
            "scripts": "bin",
            "data": "",
            "headers": "include",
            "python": "python",
        }
        if interpreter.layer is None:
            del self.places["python"]  # a server has brought another Python
        self.files = {}  # to (path in the store, size)
        self.links = {}  # to target
        self.texts = {}  # to (bytes, mode): what is made here
        self.options = {}  # of scripts that have one
        self.bytecode = []  # texts that are modules and need their bytecode beside them

    def list_programs(self):
        """What lies in bin: name to the directory where its Python script is (None for other programs) and the option of
        Python in its first line (mostly "").
        """
        programs = {place[4:]: None for place in self.files if place.startswith("bin/")}
        for place in self.texts:
            directory, _, name = place.partition("/")
            if directory == "libexec" or (directory == "bin" and programs.get(name) != "libexec"):
                programs[name] = directory
        names = [name for name in sorted(programs) if "/" not in name]
        return {name: (programs[name], self.options.get(name, "")) for name in names}

    def list_bytecode(self):
        return [cache_path(module) for module in self.bytecode]

    def add_system_modules(self, links):
        """Links to modules of the host."""
        texts, links = plan_directory(self.site_packages, links)
        self.texts.update({place: (text, 0o444) for place, text in texts.items()})
        self.links.update(links)

    def add_table(self):
        """Only where nothing changes the release, so not for `unpack --venv`. After all else was added."""
        self.texts[TABLE] = (make_table(self), 0o444)

    def add_script(self, name, script):
        self.options[name] = script.option
        if script.is_split:
            self.texts["libexec/" + name] = (script.text, 0o444)
            self.texts["bin/" + name] = (script.render_launcher("%s/libexec/%s" % (self.path, name)), 0o555)
        else:
            self.texts["bin/" + name] = (script.text, 0o555)


def plan_release(path, interpreter, plan, layers, modules):
    """`layers` in the order of the target; `modules` are the files that each release gets from the artifact itself."""
    release = Release(path, interpreter)
    places = release.places
    for layer in layers:
        if layer.kind == "interpreter" and "python" not in places:
            continue
        for entry in layer.entries:
            top, _, below = entry.path.partition("/")
            place = places[top] + "/" + below if places[top] else below
            release.files.pop(place, None)
            release.links.pop(place, None)
            if entry.target is not None:
                release.links[place] = entry.target
            else:
                release.files[place] = (os.path.join(layer.path, entry.path), entry.size)
    python = path + "/bin/python"
    add_scripts(release, plan, python)
    for name, content in modules.items():
        release.texts[release.site_packages + "/" + name] = (content, 0o444)
        # From the build, where it was made for this Python.
        if name.endswith(".py") and not any(is_bytecode_of(name, other) for other in modules):
            release.bytecode.append(release.site_packages + "/" + name)
    add_environment(release, interpreter, plan)
    for place in (*release.links, *release.texts):
        if place in release.links or place in release.texts:
            release.files.pop(place, None)
    check_nesting({*release.files, *release.links, *release.texts})
    return release


def is_bytecode_of(name, other):
    return other == "__pycache__/%s.%s.pyc" % (name[: -len(".py")], sys.implementation.cache_tag)


def add_scripts(release, plan, python):
    wanted = {}
    for place, (source, _) in release.files.items():
        if place.startswith("bin/"):
            script = scripts.make_script(read_if_script(source), python)
            if script is not None:
                release.add_script(place[len("bin/") :], script)
        elif place.startswith(release.site_packages + "/") and place.endswith(".dist-info/entry_points.txt"):
            with open(source, "rb") as file:
                wanted.update(scripts.parse_entry_points(file.read()))
    wanted.update(plan["scripts"])
    for name, function in wanted.items():
        release.add_script(name, scripts.make_entry_point(RUNNERS.get(function, function), python))


def read_if_script(path):
    """The whole file when it starts as a Python script of a wheel does: the other programs may be large."""
    with open(path, "rb") as file:
        start = file.read(8)
        return start + file.read() if start == b"#!python" else start


def add_environment(release, interpreter, plan):
    for name in ("python", "python3", "python" + interpreter.minor):
        release.links["bin/" + name] = interpreter.path
    if interpreter.processor != "32-bit":  # as `python -m venv` does
        release.links["lib64"] = "lib"
    settings = "home = %s\ninclude-system-site-packages = false\nversion = %s\n"
    text = settings % (os.path.dirname(interpreter.path), interpreter.version)
    release.texts["pyvenv.cfg"] = (text.encode("utf-8", "surrogateescape"), 0o444)
    lines = ["%s/app/%s" % (UP, path) if path != "." else UP + "/app" for path in plan["importPath"]]
    lines.append("import holdall_release")
    text = "".join(line + "\n" for line in lines)
    release.texts[release.site_packages + "/holdall.pth"] = (text.encode("utf-8"), 0o444)
    release.texts[MARK] = (b"\n", 0o444)
    release.texts[UNTOUCHED] = (b"", 0o444)


def make_release(release, root):
    """Makes it in the new directory `root`, which is to be renamed to its path and then made read-only too."""
    for place in list_directories(release):
        os.mkdir("%s/%s" % (root, place), 0o755)
    for place, (source, _) in release.files.items():
        link_or_copy(source, "%s/%s" % (root, place))
    for place, target in release.links.items():
        os.symlink(target, "%s/%s" % (root, place))
    for place, (content, mode) in release.texts.items():
        with open("%s/%s" % (root, place), "xb") as file:
            file.write(content)
        os.chmod("%s/%s" % (root, place), mode)
    for place in release.bytecode:
        compile_module(root, place, release.path)
    for place in list_directories(release):
        os.chmod("%s/%s" % (root, place), 0o555)


def list_directories(release):
    """All but the release itself, each before what is in it."""
    directories = {"", "app"}
    for place in (*release.files, *release.links, *release.texts, *release.list_bytecode()):
        above = place.rpartition("/")[0]
        while above not in directories:
            directories.add(above)
            above = above.rpartition("/")[0]
    return sorted(directories - {""})


def link_or_copy(source, path):
    try:
        os.link(source, path)
    except OSError as error:
        if error.errno not in NO_LINK:
            raise
        shutil.copyfile(source, path)
        shutil.copymode(source, path)


def compile_module(root, place, path):
    """For the modules that no layer has: the release is read-only, so Python could not keep their bytecode itself."""
    import py_compile

    py_compile.compile(
        os.path.join(root, place),
        cfile=cache_path(os.path.join(root, place)),
        dfile=os.path.join(path, place),
        doraise=True,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def cache_path(path):
    import importlib.util

    return importlib.util.cache_from_source(path, optimization="")


def is_release_whole(release):
    """Whether each file has its size and each link its target, after a power cut may have taken what was not synced. What
    was made for its path has its bytes: a cache may have been moved to a path that is as long.
    """
    try:
        for place, (_, size) in release.files.items():
            if os.lstat(os.path.join(release.path, place)).st_size != size:
                return False
        for place, (content, _) in release.texts.items():
            if not has_content(os.path.join(release.path, place), content):
                return False
        for place in release.list_bytecode():
            if os.stat(os.path.join(release.path, place)).st_size < 16:
                return False
        return all(
            os.readlink(os.path.join(release.path, place)) == target for place, target in release.links.items()
        )
    except OSError:
        return False


def has_content(path, content):
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        return file.read(len(content) + 1) == content
