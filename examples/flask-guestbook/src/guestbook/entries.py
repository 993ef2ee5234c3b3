import sqlite3

from .database import connect


def list_newest(limit: int = 50) -> list[sqlite3.Row]:
    return connect().execute("SELECT * FROM entry ORDER BY id DESC LIMIT ?", [limit]).fetchall()


def count() -> int:
    return connect().execute("SELECT count(*) FROM entry").fetchone()[0]


def add(name: str, message: str) -> None:
    with connect() as database:
        database.execute("INSERT INTO entry (name, message) VALUES (?, ?)", [name[:80], message[:2000]])


def remove(entry_id: int) -> bool:
    with connect() as database:
        return database.execute("DELETE FROM entry WHERE id = ?", [entry_id]).rowcount > 0
