"""The `flask` command of an application that is known: `python -m holdall_flask DIRECTORY MODULE:OBJECT WORDS`.

By itself `flask` looks for the application in the working directory, which it puts on sys.path, and Flask-Migrate looks
there for the migrations. DIRECTORY is that of the application's files; `-` where nothing needs it.
"""

import os
import sys
from importlib import import_module

from flask.cli import FlaskGroup


def load_application(directory, reference):
    module, _, attribute = reference.partition(":")
    application = import_module(module)
    for name in attribute.replace("()", "").split("."):
        application = getattr(application, name)
    if attribute.endswith("()"):
        application = application()
    if directory != "-":
        find_migrations(directory, getattr(application, "extensions", {}).get("migrate"))
    return application


def find_migrations(directory, configuration):
    """Flask-Migrate (2 to 4) keeps their directory in two places; one that is absolute stays."""
    for owner in (configuration, getattr(configuration, "migrate", None)):
        if hasattr(owner, "directory"):
            owner.directory = os.path.join(directory, str(owner.directory))


def main():
    directory, reference, *words = sys.argv[1:]
    for name in ("HOST", "PORT"):
        if os.environ.get(name):
            os.environ.setdefault("FLASK_RUN_" + name, os.environ[name])
    group = FlaskGroup(
        name="flask",
        help="Commands of this application, and of Flask for it.",
        create_app=lambda: load_application(directory, reference),
    )
    group.main(args=words, prog_name="flask")


if __name__ == "__main__":
    main()
