"""Becomes a program, which keeps this process: its id, terminal, streams and signals.

    enter.py PARENT LOCK [WORD ...]

PARENT is the id of who started this: when that has gone, the program is asked to end (prctl(2)). LOCK is a file: two programs
never hold it at the same time; the later one ends with status 75. Both may be empty.
"""

import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # which -I leaves out

from guard import EX_TEMPFAIL, EX_UNAVAILABLE, PR_SET_PDEATHSIG, prctl, take_lock  # noqa: E402


def tie_to(parent):
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(EX_UNAVAILABLE)  # it has gone before that


def original_environment():
    """Without LC_CTYPE, which Python adds in the C locale (PEP 538)."""
    with open("/proc/self/environ", "rb") as file:
        return dict(line.split(b"=", 1) for line in file.read().split(b"\0") if b"=" in line)


def main(arguments):
    parent, lock, *words = arguments
    if parent:
        tie_to(int(parent))
    if lock and not take_lock(lock):
        sys.stderr.write("cannot start: it runs already, and never twice (%s)\n" % lock)
        sys.exit(EX_TEMPFAIL)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execve(words[0], words, original_environment())
    except OSError as error:
        sys.stderr.write("cannot start %s: %s\n" % (words[0], os.strerror(error.errno).lower()))
        sys.exit(EX_UNAVAILABLE)


if __name__ == "__main__":
    main(sys.argv[1:])
