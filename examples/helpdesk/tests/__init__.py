"""Tests with the services of a test run. They have a schema of their own in its database."""

import os
from pathlib import Path

import psycopg

SCHEMA = Path(__file__).parents[1] / "schema"

os.environ["PGOPTIONS"] = "-c search_path=tests"


def make_tables():
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        database.execute("DROP SCHEMA IF EXISTS tests CASCADE")
        database.execute("CREATE SCHEMA tests")
        for file in sorted(SCHEMA.glob("*.sql")):
            database.execute(file.read_text())
