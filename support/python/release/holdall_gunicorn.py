"""gunicorn that leaves the working directory to the application's data: `python -m holdall_gunicorn ARGUMENTS`.

By itself gunicorn puts that directory on sys.path, and runs a gunicorn.conf.py that it finds there.
"""

import os
import sys

from gunicorn.app import base
from gunicorn.app.wsgiapp import WSGIApplication


class Application(WSGIApplication):
    def chdir(self):
        # The original also inserts the directory into sys.path, now and at each reload.
        os.chdir(self.cfg.chdir)


def main():
    # What gunicorn asks when there is no -c and no GUNICORN_CMD_ARGS with one.
    base.get_default_config_file = lambda: None
    # USR2 starts a new gunicorn with these words. Python 3.8 and 3.9 have the path of this file in sys.argv: as a script
    # it would find other modules than by -m.
    Application("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


if __name__ == "__main__":
    sys.exit(main())
