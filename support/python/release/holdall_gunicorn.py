"""gunicorn that leaves the working directory to the application's data: `python -m holdall_gunicorn ARGUMENTS`.

By itself gunicorn puts that directory on sys.path, and runs a gunicorn.conf.py that it finds there.
"""

import os

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


def main():
    base.Arbiter = Arbiter
    # Asked when there is no `-c`; the answer would be ./gunicorn.conf.py.
    base.get_default_config_file = lambda: None
    Application("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


if __name__ == "__main__":
    main()
