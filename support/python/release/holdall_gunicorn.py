"""gunicorn that leaves the working directory to the application's data: `python -m holdall_gunicorn ARGUMENTS`, and
what `gunicorn` is in a release.

By itself gunicorn puts that directory on sys.path, and runs a gunicorn.conf.py that it finds there.
"""

import os
import sys

from gunicorn import config
from gunicorn.app import base
from gunicorn.app.wsgiapp import WSGIApplication


class Application(WSGIApplication):
    def chdir(self):
        # The original also inserts the directory into sys.path, now and at each reload.
        os.chdir(self.cfg.chdir)


class Arbiter(base.Arbiter):
    def __init__(self, app):
        super().__init__(app)
        # USR2 starts another gunicorn with these words. They begin with the path of this file, and a script finds other
        # modules than `-m` does: first of all those beside it, before the standard library.
        self.START_CTX["args"][1:2] = ["-m", "holdall_gunicorn"]

    def reexec(self):
        """USR2 is the way to another version: what lies where this artifact did is started, if it is still there."""
        words = find_call(sys._xoptions.get("holdall_call"), self.START_CTX["cwd"], sys.argv)
        if words is not None:
            self.START_CTX.update({0: words[0], "args": words})
            self.cfg.env_orig = leave(self.cfg.env_orig)
        super().reexec()

    def _start_control_server(self):
        # From gunicorn 25.1 on.
        if self.cfg.control_socket is not None:
            super()._start_control_server()


def find_call(call, directory, argv):
    """The words that start the artifact as it was started: `call` is what the ready file says of that, see there."""
    count, _, rest = (call or "").partition("/")
    command, _, path = rest.partition("/")
    if not count or not os.path.isfile(os.path.join(directory, path)):
        return None
    return ["/bin/sh", path if "/" in path else "./" + path, command, *argv[len(argv) - int(count) :]]


def leave(environment):
    """Without what leads to this release: the other one has its own, and this one will go."""
    own = sys.prefix + "/"
    variables = {name: value for name, value in environment.items() if not value.startswith(own)}
    if "PATH" in environment:
        variables["PATH"] = ":".join(one for one in environment["PATH"].split(":") if not one.startswith(own))
    return variables


def set_defaults(environment):
    """Where nobody says otherwise: once PORT is set, gunicorn would listen on all addresses, and its control socket
    would have one path for all applications of a user, below a HOME that a service may not have.
    """
    host = environment.get("HOST") or "127.0.0.1"
    address = "[%s]" % host if ":" in host else host
    config.Bind.default = ["%s:%s" % (address, environment.get("PORT") or "8000")]
    if hasattr(config, "ControlSocket"):
        config.ControlSocket.default = None


def main():
    base.Arbiter = Arbiter
    # Asked when there is no `-c`; the answer would be ./gunicorn.conf.py.
    base.get_default_config_file = lambda: None
    set_defaults(os.environ)
    Application("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


if __name__ == "__main__":
    main()
