"""The command guestbook-admin: looks at the book and takes entries out."""

import argparse

from . import create_app, entries


def main() -> int:
    parser = argparse.ArgumentParser(prog="guestbook-admin")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="show the entries with their numbers")
    removal = actions.add_parser("remove", help="take an entry out")
    removal.add_argument("number", type=int)
    arguments = parser.parse_args()

    with create_app().app_context():
        if arguments.action == "remove":
            if entries.remove(arguments.number):
                return 0
            print(f"there is no entry {arguments.number}")
            return 1
        for entry in entries.list_newest():
            print(f"{entry['id']:>5}  {entry['written_at']}  {entry['name']}: {entry['message']}")
        return 0
