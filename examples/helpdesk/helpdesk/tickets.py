"""Tickets and their attachments: rows in PostgreSQL, bytes in the directory for uploads."""

import os
import sys
import uuid
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from helpdesk import news
from helpdesk.duration import read_duration


def connect():
    return psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row)


def open_ticket(author, subject, text, attachments=()):
    """Attachments are pairs of a name and bytes. The ticket's number is returned."""
    author, subject, text = (part.replace("\0", "").strip() for part in (author, subject, text))
    with connect() as database:
        insert = "INSERT INTO tickets (author, subject, text) VALUES (%s, %s, %s) RETURNING id"
        number = database.execute(insert, (author, subject, text)).fetchone()["id"]
        for name, content in attachments:
            attach(database, number, name, content)
    news.ask_worker("helpdesk.jobs.find_topic", number)
    news.tell(number, "opened")
    return number


def attach(database, number, name, content):
    stored_as = uuid.uuid4()
    Path(os.environ["UPLOADS_DIRECTORY"], str(stored_as)).write_bytes(content)
    insert = "INSERT INTO attachments (ticket_id, name, stored_as) VALUES (%s, %s, %s)"
    database.execute(insert, (number, name.replace("\0", "")[:200], stored_as))


def list_open():
    select = "SELECT * FROM tickets WHERE closed_at IS NULL ORDER BY is_late DESC, id DESC LIMIT %s"
    with connect() as database:
        return database.execute(select, (int(os.environ["PAGE_SIZE"]),)).fetchall()


def find_ticket(number):
    with connect() as database:
        ticket = database.execute("SELECT * FROM tickets WHERE id = %s", (number,)).fetchone()
        select = "SELECT * FROM attachments WHERE ticket_id = %s ORDER BY id"
        return ticket and {**ticket, "attachments": database.execute(select, (number,)).fetchall()}


def find_attachment(number):
    with connect() as database:
        return database.execute("SELECT * FROM attachments WHERE id = %s", (number,)).fetchone()


def set_topic(number, topic):
    with connect() as database:
        database.execute("UPDATE tickets SET topic = %s WHERE id = %s", (topic, number))


def close(number):
    with connect() as database:
        database.execute("UPDATE tickets SET closed_at = now() WHERE id = %s", (number,))
    news.tell(number, "closed")


def mark_late():
    """Looks once; the numbers of tickets that are late since then."""
    update = """UPDATE tickets SET is_late = true
        WHERE NOT is_late AND closed_at IS NULL AND opened_at < now() - %s RETURNING id"""
    with connect() as database:
        database.execute("DELETE FROM checks WHERE at < now() - interval '1 day'")
        database.execute("INSERT INTO checks DEFAULT VALUES")
        return [row["id"] for row in database.execute(update, (read_duration("ANSWER_WITHIN"),))]


def describe():
    counts = "SELECT (SELECT count(*) FROM tickets) AS tickets, (SELECT max(id) FROM checks) AS checks"
    with connect() as database:
        return database.execute(counts).fetchone()


def close_old():
    with connect() as database:
        update = "UPDATE tickets SET closed_at = now() WHERE closed_at IS NULL AND opened_at < now() - interval '1 month'"
        print(f"{database.execute(update).rowcount} tickets were closed")


def verify():
    """Whether all is there that the helpdesk needs; the reason is the only line."""
    try:
        describe()
    except psycopg.Error as error:
        sys.exit(f"the tickets cannot be read: {str(error).splitlines()[0]}")
    if not os.access(os.environ["UPLOADS_DIRECTORY"], os.W_OK):
        sys.exit("nothing can be written into the directory of uploads")
