import sqlite3
from importlib import resources

from flask import current_app, g


def connect() -> sqlite3.Connection:
    """The connection of this request."""
    if "database" not in g:
        g.database = sqlite3.connect(current_app.config["DATABASE"])
        g.database.row_factory = sqlite3.Row
    return g.database


def close(error: object = None) -> None:
    database = g.pop("database", None)
    if database is not None:
        database.close()


def ensure_tables() -> None:
    schema = resources.files("guestbook").joinpath("schema.sql").read_text(encoding="utf-8")
    connect().executescript(schema)
