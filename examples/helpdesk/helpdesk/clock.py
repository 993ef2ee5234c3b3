"""Marks tickets that wait for too long. Two of these would tell everything twice: `overlap: never`."""

import time

from helpdesk import news, tickets
from helpdesk.duration import read_duration


def main():
    while True:
        for number in tickets.mark_late():
            print(f"ticket {number} is late", flush=True)
            news.tell(number, "is late")
        time.sleep(read_duration("CHECK_EVERY").total_seconds())


if __name__ == "__main__":
    main()
