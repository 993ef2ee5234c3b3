"""Runs the program inside an artifact, and does something at one of its points: moments before it changes the file system,
forks or hands over. The interpreter tells of them (PEP 578), so whatever the program does is a point, today and later.

    python3 -I -S -B -X holdall=found crash.py ACTION POINT LOG ARTIFACT WORDS …

POINT is `ROLE:NUMBER`: `main`, or `child1` for what was forked first, and which point of that process, from 1 on. ACTION:

    list    appends `ROLE:NUMBER what path` to LOG at each point
    kill    kills the process of the point, and nothing else
    group   kills all of its process group
    ENOSPC, EDQUOT, EMFILE  from the point on, what makes a file (or for the first two: a directory, a link) fails so
    pause   appends to LOG and waits until LOG is gone
    looks   as `list`; each moment is a point, too, at which it looks at what is there, and points while it holds the lock
            of the cache are marked so
    run     counts as `looks` does, and runs the program LOG at the point

With HOLDALL_CRASH_LOCKS=off, the file system has no locks.
"""

import errno
import fcntl
import os
import re
import subprocess
import sys
import time

action, point, log, artifact, *words = sys.argv[1:]
cache = os.environ["HOLDALL_CACHE"]
CREATE = ("open", "os.mkdir", "os.link", "os.symlink")
CHANGE = (*CREATE, "os.rename", "os.chmod", "os.remove", "os.rmdir", "os.utime", "fcntl.flock", "os.fork", "os.exec")
LOOKS = ("stat", "lstat", "access", "statvfs", "readlink")  # of os; they have no event
LISTS = ("open", "os.listdir", "os.scandir")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
MOMENT = 0.005
ABOVE = tuple(cache[:place] + "/" for place in range(1, len(cache)) if cache[place] == "/")
counts_looks = action in ("looks", "run")
flock = fcntl.flock


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
    if process.is_busy or event not in (*CHANGE, *LISTS):
        return
    changes = event in CHANGE
    if event == "open":
        changes = isinstance(arguments[2], int) and arguments[2] & WRITES
    if not changes and not (counts_looks and is_about_cache(arguments[0])):
        return
    come_by(event, arguments)


def watch_looks():
    """Replaces the functions: whoever calls them later, by whatever module, comes by here."""
    for name in LOOKS:
        setattr(os, name, make_watched(name, getattr(os, name)))


def make_watched(name, function):
    def look(path, *rest, **options):
        if not process.is_busy and is_about_cache(path):
            come_by("os." + name, (path,))
        return function(path, *rest, **options)

    return look


def is_about_cache(path):
    """It, what is in it, or a directory that it is in."""
    return isinstance(path, str) and ((path + "/") in ABOVE or (path + "/").startswith(cache + "/"))


def come_by(event, arguments):
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
    if action in ("list", "looks"):
        state = " locked" if action == "looks" and is_locked() else ""
        write_log("%s %s %s%s\n" % (here, event, render_path(arguments), state))
    if here == point:
        process.is_reached = True
        if action == "kill":
            os.kill(os.getpid(), 9)
        elif action == "group":
            os.killpg(0, 9)
        elif action == "run":
            sys.stderr.write(subprocess.run([log], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout)
        elif action == "pause":
            write_log(here)
            while os.path.exists(log):
                time.sleep(MOMENT)
    if process.is_reached and action.startswith("E") and event in (("open",) if action == "EMFILE" else CREATE):
        raise OSError(getattr(errno, action), os.strerror(getattr(errno, action)))


def is_locked():
    """By this process or who forked it: in a sweep there is nobody else."""
    try:
        file = os.open(cache + "/lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except OSError:
        return True
    finally:
        os.close(file)


def refuse_lock(*_):
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


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

    if os.environ.get("HOLDALL_CRASH_LOCKS") == "off":
        fcntl.flock = refuse_lock
    if counts_looks:
        watch_looks()
    sys.addaudithook(watch)
    sys.exit(main(artifact, words))
