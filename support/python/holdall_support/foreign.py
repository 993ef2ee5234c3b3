"""The application in a server that is not its own: docs/foreign-servers.md. Checks what a start checks, makes the same
release, and goes on in this process.
"""

import importlib
import os
import re
import site
import sys

from .artifact import Artifact
from .cache import explain, find_cache
from .clashes import check_clashes
from .interpreter import Interpreter
from .main import Call, render_refusal
from .refusal import Refusal
from .settings import check_settings, list_defaults
from .start import make_ready, plan_start

# gunicorn and uvicorn call it a failed boot; gunicorn starts a worker that ends with another status again and again.
STATUS = 3
# Servers whose log is not always standard error.
LOGGERS = ("gunicorn.error", "uvicorn.error", "hypercorn.error")
# Modules of servers and gunicorn's workers that know nothing but WSGI.
WSGI_ONLY = ("gunicorn.workers.gthread", "gunicorn.workers.sync", "mod_wsgi", "uwsgi", "waitress.server")


class ServerInterpreter(Interpreter):
    """A server that embeds Python, such as uWSGI, is no interpreter itself; then it is the one that Python came with."""

    is_own_process = False
    advice = "Run the server with a Python that it serves, or start it as a program: it finds a suitable Python itself."

    def __init__(self):
        super().__init__()
        self.is_embedded = not re.match(r"(python|pypy)[0-9.]*", os.path.basename(self.path))
        if self.is_embedded:
            self.path = os.path.realpath("%s/bin/python%s%s" % (sys.base_exec_prefix, self.minor, sys.abiflags))
            if not os.access(self.path, os.X_OK):
                raise Refusal(
                    "%s has no interpreter for its children at %s" % (sys.executable or "this server", self.path),
                    "Install Python %s there." % self.minor,
                )


class NotLoaded(Exception):
    """An object of the application cannot be loaded. What it raised is the cause, and is shown with it."""


def enter(path):
    """Makes the application importable here; returns the objects of its plan by name.

    What is refused is a sentence in the server's log, and ends the process: no request could be answered.
    """
    call = Call(path)
    try:
        artifact = Artifact(path)
        call.action = "start %s %s" % (artifact.name, artifact.version)
        call.cache = find_cache(os.environ).path
        interpreter = ServerInterpreter()
        this = plan_start(artifact, interpreter, dict(os.environ))
        check_settings(this.plan, os.environ)
        make_ready(this)
        site_packages = os.path.join(this.path, interpreter.library, "site-packages")
        import_path = [os.path.normpath(os.path.join(this.path, "app", each)) for each in this.plan["importPath"]]
        check_clashes([site_packages, *import_path], os.environ.get("HOLDALL_ALLOW_CLASHES", ""))
    except Refusal as refusal:
        return refuse(call, refusal)
    except OSError as error:
        refusal = explain(error, call.cache)
        if refusal is None:
            raise
        return refuse(call, refusal)
    warn_of_interfaces(artifact, this.plan["objects"])
    put_on_import_path(site_packages)
    become(this.path, interpreter.is_embedded)
    for name, value in list_defaults(this.plan):
        os.environ.setdefault(name, value)
    return {name: load(name, declared) for name, declared in this.plan["objects"].items()}


def refuse(call, refusal):
    text = render_refusal(call, refusal)
    log(text)
    if "mod_wsgi" not in sys.modules:
        sys.exit(STATUS)

    # Apache's processes go on whatever happens, and mod_wsgi shows a traceback of an attempt to end them.
    def app(environ, start_response):
        environ["wsgi.errors"].write(text + "\n")
        start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b"The application cannot be started; the server's log says why.\n"]

    return {"app": app}


def log(text, level="critical"):
    """One record of the log that the server writes, where it has one that is not standard error."""
    logging = sys.modules.get("logging")
    for name in LOGGERS if logging is not None else ():
        logger = logging.root.manager.loggerDict.get(name)
        if isinstance(logger, logging.Logger) and logger.hasHandlers():
            getattr(logger, level)("%s", text)
            return
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def warn_of_interfaces(artifact, objects):
    """Only a word: such an object may be there for another server."""
    names = [name for name, declared in sorted(objects.items()) if declared["interface"] == "asgi"]
    if names and any(module in sys.modules for module in WSGI_ONLY):
        text = "%s %s: %s is for ASGI servers, and this one speaks WSGI"
        log(text % (artifact.name, artifact.version, names[0]), "warning")


def put_on_import_path(site_packages):
    """In the order of the release: standard library, distributions, application; then what the server had.

    What comes before the standard library elsewhere (PYTHONPATH, the script's directory) comes after it here, and the
    working directory is left out: it has the application's data, and an uploaded `http.py` must not become code.
    """
    before = sys.path[:]
    sys.path[:] = [entry for entry in before if is_standard_library(entry)]
    site.addsitedir(site_packages)  # with its .pth files, which bring the application
    named = [entry for entry in os.environ.get("PYTHONPATH", "").split(":") if entry]
    sys.path += [
        entry for entry in before if entry not in sys.path and (entry in named or not is_working_directory(entry))
    ]


def is_standard_library(entry):
    return entry == os.path.dirname(os.__file__) or os.path.basename(entry) in (
        "lib-dynload",
        "python%d%d.zip" % sys.version_info[:2],
    )


def is_working_directory(entry):
    try:
        return os.path.samefile(entry or ".", ".")
    except OSError:
        return False


def become(release, is_embedded):
    """What the application learns about its surroundings, and what its children are."""
    import multiprocessing.spawn

    sys.prefix = sys.exec_prefix = release  # where data of distributions is
    programs = release + "/bin"
    path = (os.environ.get("PATH") or "/usr/local/bin:/usr/bin:/bin").split(":")
    # A server that was started again by its predecessor has inherited another release's.
    path = [each for each in path if not each.startswith(os.path.dirname(release) + "/")]
    os.environ["PATH"] = ":".join([programs, *path])
    # They read the .pth files of the release, and get the rest of sys.path from here.
    multiprocessing.spawn.set_executable(programs + "/python")
    if is_embedded:
        # Elsewhere it stays: a server starts itself again by it.
        sys.executable = programs + "/python"


def load(name, declared):
    reference = "%(module)s:%(attribute)s" % declared
    try:
        value = importlib.import_module(declared["module"])
        for part in declared["attribute"].split("."):
            value = getattr(value, part)
        return value() if declared["isFactory"] else value
    except (Exception, SystemExit) as error:
        # Servers take an ImportError or AttributeError as a wrong name on their command line, and hide where it is from.
        raise NotLoaded("cannot load %s (%s): %s: %s" % (name, reference, type(error).__name__, error)) from error
