"""A guestbook. All it keeps is one SQLite file in the working directory."""

import os

from flask import Flask

from . import database, pages


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["DATABASE"] = os.environ.get("GUESTBOOK_DATABASE", "guestbook.sqlite3")
    app.register_blueprint(pages.blueprint)
    app.teardown_appcontext(database.close)
    with app.app_context():
        database.ensure_tables()
    return app
