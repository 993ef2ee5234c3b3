"""Runs the program inside an artifact, and does something at one of its points: moments before it changes the file system,
forks or hands over. The interpreter tells of them (PEP 578), so whatever the program does is a point, today and later.

    python3 -I -S -B -X holdall=found crash.py ACTION POINT LOG ARTIFACT WORDS …

POINT is `ROLE:NUMBER`: `main`, or `child1` for what was forked first, and which point of that process, from 1 on. ACTION:

    list    appends `ROLE:NUMBER what path` to LOG at each point
    kill    kills the process of the point, and nothing else
    group   kills all of its process group
    ENOSPC, EDQUOT, EMFILE  from the point on, what makes a file (or for the first two: a directory, a link) fails so
    pause   appends to LOG and waits until LOG is gone
"""

import errno
import os
import re
import sys
import time

action, point, log, artifact, *words = sys.argv[1:]
cache = os.environ["HOLDALL_CACHE"]
CREATE = ("open", "os.mkdir", "os.link", "os.symlink")
CHANGE = (*CREATE, "os.rename", "os.chmod", "os.remove", "os.rmdir", "os.utime", "fcntl.flock", "os.fork", "os.exec")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
MOMENT = 0.005


class Process:
    """Its role and how many points it has seen; a child begins anew."""

    def __init__(self):
        self.pid = os.getpid()
        self.role = "main"
        self.count = 0
        self.children = 0
        self.is_busy = False
        self.is_reached = False


process = Process()


def watch(event, arguments):
    if event not in CHANGE or process.is_busy:
        return
    if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & WRITES):
        return
    process.is_busy = True
    try:
        reach(event, arguments)
    finally:
        process.is_busy = False


def reach(event, arguments):
    if os.getpid() != process.pid:
        process.pid = os.getpid()
        process.role = "child%d" % process.children
        process.count = 0
    if event == "os.fork":
        process.children += 1
    process.count += 1
    here = "%s:%d" % (process.role, process.count)
    if action == "list":
        write_log("%s %s %s\n" % (here, event, render_path(arguments)))
    if here == point:
        process.is_reached = True
        if action == "kill":
            os.kill(os.getpid(), 9)
        elif action == "group":
            os.killpg(0, 9)
        elif action == "pause":
            write_log(here)
            while os.path.exists(log):
                time.sleep(MOMENT)
    if process.is_reached and action.startswith("E") and event in (("open",) if action == "EMFILE" else CREATE):
        raise OSError(getattr(errno, action), os.strerror(getattr(errno, action)))


def write_log(text):
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.write(file, text.encode())
    os.close(file)


def render_path(arguments):
    """The same for each run: without the place of the cache, process ids and random names."""
    path = str(arguments[0]) if arguments else ""
    path = path.replace(cache, "")
    return re.sub(r"work/[0-9]+-[0-9a-f]+|[0-9]+-(?=[0-9a-f]{64})", "work/*", re.sub(r"\s", "_", path))


if __name__ == "__main__":
    sys.path.insert(0, artifact)
    from holdall_support.main import main

    sys.addaudithook(watch)
    sys.exit(main(artifact, words))
