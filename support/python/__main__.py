"""What `python3 app.holdall` and the artifact's prefix run. Every Python from 2.7 on can parse this file."""

import os
import sys


HERE = os.path.dirname(__file__)  # the artifact, as its loader names it


def start():
    path = sys.argv[0]  # the artifact, as it was named: __file__ is absolute from Python 3.9 on
    if os.path.basename(path) == "__main__.py":
        path = os.path.dirname(path) or "."
    if sys.version_info < (3, 8):
        version = ".".join(str(part) for part in sys.version_info[:3])
        sys.stderr.write(
            "cannot start %s: it needs Python 3.8 or newer, this is Python %s (%s)\n"
            "hint: Run it with a newer Python.\n" % (path, version, sys.executable)
        )
        return 1
    if not (sys.flags.isolated and sys.flags.no_site):
        remove_bytecode()
        hand_on_options()
        # Modules on PYTHONPATH or of the host's site must not stand in for those that the program uses.
        os.execv(sys.executable, [sys.executable, "-I", "-S", "-B", path] + sys.argv[1:])
    modules = read_bytecode()
    if modules:
        sys.meta_path.insert(0, CompiledModules(modules))
    try:
        from holdall_support.main import main
    except Exception:
        damage = find_damage(path)
        if damage is None:
            raise
        sys.stderr.write(
            "cannot start %s: it is damaged, %s is not as it was sealed\nhint: Copy the file again.\n"
            % (path, damage)
        )
        return 1
    return main(path, sys.argv[1:])


def read_bytecode():
    """The program's modules for this Python, when the artifact has them and they are whole: then nothing is compiled.

    Bytes that differ could do anything when they are run; a source that differs is no Python, or found by its digest.
    """
    import marshal
    import zlib

    import _frozen_importlib_external

    abi = "cp%d%d%s" % (sys.version_info[:2] + (sys.abiflags,))
    try:
        content = zlib.decompress(__loader__.get_data(os.path.join(HERE, "bytecode", abi)))
    except (OSError, AttributeError, zlib.error):
        return None
    if content[:4] != _frozen_importlib_external.MAGIC_NUMBER:
        return None
    return marshal.loads(content[4:])


class CompiledModules:
    """Finds and loads them: one object is finder and loader, PEP 451."""

    def __init__(self, modules):
        self.modules = modules

    def find_spec(self, name, path=None, target=None):
        from _frozen_importlib import ModuleSpec

        for place, is_package in ((".py", False), ("/__init__.py", True)):
            place = name.replace(".", "/") + place
            if place in self.modules:
                origin = os.path.join(HERE, place)
                spec = ModuleSpec(name, self, origin=origin, loader_state=place, is_package=is_package)
                spec.has_location = True
                return spec
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        import marshal

        exec(marshal.loads(self.modules[module.__spec__.loader_state]), module.__dict__)

    def get_source(self, name):
        """For tracebacks."""
        place = sys.modules[name].__spec__.loader_state
        return __loader__.get_data(os.path.join(HERE, place)).decode("utf-8")


def hand_on_options():
    """What `python3 -O app.holdall` asks for is meant for the application, which another Python process runs."""
    named = {
        "PYTHONOPTIMIZE": sys.flags.optimize,
        "PYTHONVERBOSE": sys.flags.verbose,
        "PYTHONDONTWRITEBYTECODE": sys.flags.dont_write_bytecode,
        "PYTHONDEVMODE": int(getattr(sys.flags, "dev_mode", 0)),
        "PYTHONUNBUFFERED": int(getattr(sys.stdout, "write_through", 0)),
        "PYTHONWARNINGS": ",".join(sys.warnoptions),
    }
    os.environ.update({name: str(value) for name, value in named.items() if value})


def remove_bytecode():
    """`python3 DIRECTORY` has just kept this file's bytecode in the open artifact, where nothing else may be."""
    cached = globals().get("__cached__")
    if cached and os.path.isfile(cached):
        os.remove(cached)
        if not os.listdir(os.path.dirname(cached)):
            os.rmdir(os.path.dirname(cached))


def find_damage(path):
    """The first member that differs from its checksum: the program cannot check itself when it does not load."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip()
    except zipfile.BadZipFile:
        return "its archive"
    except OSError:
        return None


sys.exit(start())
