"""gunicorn that leaves the working directory to the application's data: `python -m holdall_gunicorn ARGUMENTS`, and
what `gunicorn` is in a release.

By itself gunicorn puts that directory on sys.path, and runs a gunicorn.conf.py that it finds there.
"""

import os

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

    def _start_control_server(self):
        # From gunicorn 25.1 on.
        if self.cfg.control_socket is not None:
            super()._start_control_server()


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
