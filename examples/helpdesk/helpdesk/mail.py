"""Makes a ticket of the message on standard input. The exit status is for the sender: sysexits.h."""

import email
import email.policy
import os
import sys

import psycopg
import redis

from helpdesk import tickets


def read_ticket(stream):
    message = email.message_from_binary_file(stream, policy=email.policy.default)
    body = message.get_body(("plain",))
    if body is None:
        return None
    attachments = [
        (part.get_filename("attachment"), part.get_payload(decode=True) or b"")
        for part in message.iter_attachments()
    ]
    return str(message["subject"] or "No subject"), body.get_content(), attachments


def main():
    recipient = os.environ["RECIPIENT"]
    if not recipient.startswith("help@"):
        print(f"nobody reads {recipient}", file=sys.stderr)
        return os.EX_NOUSER
    ticket = read_ticket(sys.stdin.buffer)
    if ticket is None:
        print("please write plain text", file=sys.stderr)
        return os.EX_DATAERR
    try:
        tickets.open_ticket(os.environ["SENDER"], *ticket)
    except (psycopg.OperationalError, redis.ConnectionError) as error:
        print(error, file=sys.stderr)
        return os.EX_TEMPFAIL
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main())
