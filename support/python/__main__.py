"""What `python3 app.holdall` and the artifact's prefix run. Every Python from 2.7 on can parse this file."""

import os
import sys


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
