"""Runs one process of an environment and lets nothing of it survive: docs/decisions/0023-a-guard-for-each-process.md.

    guard.py CONTROL GRACE_SECONDS LOCK USER MOUNT [WORD ...]

CONTROL is a socket that ends when whoever started this has gone; then, as after SIGTERM, the process is asked to end, and
after GRACE_SECONDS, or on SIGQUIT, it and all that came of it are killed. LOCK is a file, or empty: two guards of one file
do not run at the same time; the later one writes a byte to CONTROL and ends with status 75. USER is UID:GID, or empty: what
the process becomes; only root can. MOUNT is DIRECTORY:AT, or empty: it sees DIRECTORY at AT, too, and nobody else does. Otherwise the end of this program is that of the process: its status, or its signal.
"""

import ctypes
import errno
import fcntl
import os
import resource
import select
import signal
import sys
import time
import warnings  # noqa: F401 - os.execvp imports it, which another user perhaps cannot: the library may be in root's home

PR_SET_PDEATHSIG = 1  # prctl(2)
PR_SET_CHILD_SUBREAPER = 36
CLONE_NEWNS = 0x20000  # unshare(2)
MS_BIND, MS_REC, MS_SLAVE = 0x1000, 0x4000, 0x80000  # mount(2)
FORWARDED = (signal.SIGHUP, signal.SIGINT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH)
BETWEEN_KILLS = 0.05
EX_TEMPFAIL = 75  # sysexits.h
EX_UNAVAILABLE = 69


def prctl(option, value):
    return ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def take_lock(path):
    """Whether nobody else holds it. The descriptor is inherited by all that is started: as long as any of them lives, it is held."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        return False
    os.set_inheritable(lock, True)
    return True


def see(mount):
    """In a mount namespace of its own, which hears of what others unmount."""
    directory, _, at = mount.rpartition(":")
    libc = ctypes.CDLL(None, use_errno=True)
    for failure in (
        lambda: libc.unshare(CLONE_NEWNS),
        lambda: libc.mount(b"none", b"/", None, MS_REC | MS_SLAVE, None),
        lambda: libc.mount(os.fsencode(directory), os.fsencode(at), None, MS_BIND, None),
    ):
        if failure():
            raise OSError(ctypes.get_errno(), "")


def become(user):
    """Groups first: afterwards it may not."""
    uid, _, gid = user.partition(":")
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))


def start(words, user, mount, parent_control):
    """A child in a session of its own, which dies with this process even when that is killed."""
    ready_end, ready = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(parent_control)
            os.setsid()
            if mount:
                see(mount)
            if user:
                become(user)  # before prctl: the kernel forgets the signal when the user changes
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() == 1:
                os._exit(EX_UNAVAILABLE)  # it has died before it could be told
            for number in (*FORWARDED, signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            signal.set_wakeup_fd(-1)
            os.execvp(words[0], words)
        except OSError as error:
            os.write(ready, str(error.errno).encode())
        os._exit(EX_UNAVAILABLE)
    os.close(ready)
    failure = os.read(ready_end, 16)
    os.close(ready_end)
    if failure:
        os.waitpid(child, 0)
        sys.stderr.write("cannot start %s: %s\n" % (words[0], os.strerror(int(failure)).lower()))
        sys.exit(EX_UNAVAILABLE)
    return child


def reap(child, ended):
    """Collects what has ended; `ended` gets the status of the process itself."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True
        if pid == child:
            ended.append(status)


def find_descendants():
    """All that descend from this process: daemons too, as they become its children when their parents end."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, "rb") as file:
                    parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                pass
    found, level = [], {os.getpid()}
    while level:
        level = {pid for pid, parent in parents.items() if parent in level}
        found.extend(level)
    return found


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            pass


def clear(child, ended, wakeup, deadline):
    """Ends all that is left: asked first, killed from the deadline on. New ones may appear meanwhile."""
    send(find_descendants(), signal.SIGTERM)
    while reap(child, ended):
        if time.monotonic() >= deadline:
            send(find_descendants(), signal.SIGKILL)
        select.select([wakeup], [], [], BETWEEN_KILLS)
        if signal.SIGQUIT in drain(wakeup):
            deadline = time.monotonic()


def drain(wakeup):
    try:
        return os.read(wakeup, 512)
    except BlockingIOError:
        return b""


def run(control, grace, user, mount, words):
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    wakeup, wakeup_end = os.pipe()
    os.set_blocking(wakeup, False)
    os.set_blocking(wakeup_end, False)
    signal.set_wakeup_fd(wakeup_end, warn_on_full_buffer=False)
    for number in (*FORWARDED, signal.SIGTERM, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    child = start(words, user, mount, control)
    ended, deadline, watched = [], None, [wakeup, control]
    while not ended:
        wait = None if deadline is None else max(0, deadline - time.monotonic())
        readable, _, _ = select.select(watched, [], [], wait)
        numbers = drain(wakeup)
        for number in numbers:
            if number in FORWARDED:
                send([child], number)
        if deadline is None and (control in readable or signal.SIGTERM in numbers):
            watched.remove(control)
            deadline = time.monotonic() + grace
            send([child], signal.SIGTERM)
        if signal.SIGQUIT in numbers:
            deadline = time.monotonic()
        reap(child, ended)
        if deadline is not None and time.monotonic() >= deadline:
            send(find_descendants(), signal.SIGKILL)
            deadline = time.monotonic() + BETWEEN_KILLS
    clear(child, ended, wakeup, min(deadline or float("inf"), time.monotonic() + grace))
    return ended[0]


def main(arguments):
    control, grace, lock, user, mount, *words = arguments
    control = int(control)
    if lock and not take_lock(lock):
        os.write(control, b"L")
        sys.exit(EX_TEMPFAIL)
    status = run(control, float(grace), user, mount, words)
    if os.WIFSIGNALED(status):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the process itself has left one, if it may
        if os.WTERMSIG(status) != signal.SIGKILL:
            signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    sys.exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    main(sys.argv[1:])
