"""The user's cache: where it is, who may change it, and what to say when it cannot be used."""

import errno
import os
import re
import shutil
import stat

from .refusal import Refusal

try:
    import fcntl
except ImportError:  # a Python may be built without it; rename keeps starts exact then
    fcntl = None

ELSEWHERE = "Set HOLDALL_CACHE to a directory of your own on another file system."
OWN = "Set HOLDALL_CACHE to a directory of your own."
# Somebody has removed what was looked at, or made what was to be made.
VANISHED = (errno.ENOENT, errno.EEXIST, errno.ENOTEMPTY)
TRIES = 5


def find_cache(environment):
    """The same rules as in the prefix, which uses what lies here without asking this program."""
    for variable, below in (("HOLDALL_CACHE", ""), ("XDG_CACHE_HOME", "/holdall"), ("HOME", "/.cache/holdall")):
        if environment.get(variable):
            path = environment[variable] + below
            break
    else:
        raise Refusal(
            "there is no place for its cache: HOME is not set",
            "Set HOME, or set HOLDALL_CACHE to a directory of your own.",
        )
    if not path.startswith("/"):
        raise Refusal("%s is %s, not an absolute path" % (variable, environment[variable]), "Set an absolute path.")
    if ":" in path or "\n" in path:
        # PATH could not name the release's programs.
        raise Refusal("the path of its cache has a colon or a line end: %r" % path, "Set HOLDALL_CACHE to another.")
    return Cache(re.sub("/+", "/", path).rstrip("/") or "/")  # HOME is `/` for users without a name


class Cache:
    def __init__(self, path):
        self.path = path
        self.layers = path + "/layers"
        self.releases = path + "/releases"
        self.ready = path + "/ready"
        self.used = path + "/used"
        self.work = path + "/work"
        self._parts = (self.layers, self.releases, self.ready, self.used, self.work)
        self.is_locked = False
        self._lock = None

    def check(self, has_machine_code):
        """Before anything is written: who may change it, and whether native code can be loaded from there."""
        persist(lambda: self._check(has_machine_code))

    def _check(self, has_machine_code):
        existing = find_directory(self.path)
        self._check_owner()
        check_above(self.path, existing)
        if has_machine_code and os.statvfs(existing).f_flag & os.ST_NOEXEC:
            raise Refusal(
                "it has native code, and its cache %s is on %s, which is mounted noexec"
                % (self.path, find_mount(existing)),
                ELSEWHERE,
            )

    def _check_owner(self):
        """Also of the parts: anybody can have made them where anybody may, such as in /tmp."""
        for path in (self.path, *self._parts):
            if is_open_to_others(path, may_be_sticky=path == self.path):
                reason = "its cache %s can be changed by other users" % path
                raise Refusal(reason, "Set HOLDALL_CACHE to a new directory; one below %s will do." % self.path)

    def open(self):
        """Makes the directories and takes the lock; False when nothing can be written there."""
        try:
            persist(self._make)
            return True
        except OSError as error:
            if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM) and os.path.isdir(self.releases):
                return False
            if explain(error, self.path) is None:  # below /proc, a name that is too long, a server that has gone
                reason = "its cache %s cannot be made: %s" % (self.path, error.strerror.lower())
                raise Refusal(reason, OWN) from error
            raise

    def _make(self):
        os.makedirs(self.path, 0o755, exist_ok=True)
        for directory in self._parts:
            os.makedirs(directory, 0o755, exist_ok=True)
        self._check_owner()
        self._take_lock()

    def _take_lock(self):
        while fcntl is not None:
            lock = os.open(self.path + "/lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
            except OSError as error:
                os.close(lock)
                if error.errno in (errno.ENOLCK, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP):
                    return  # some network file systems
                raise
            self._lock = lock
            self.is_locked = True
            try:
                if os.path.samestat(os.fstat(lock), os.stat(self.path + "/lock")):
                    return
            except FileNotFoundError:
                pass
            self.close()  # the cache was removed while this start waited

    def close(self):
        """Also for a forked child, which would keep the lock of a parent that was killed."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def remove_stale_work(self):
        """Only while the lock is held: then nobody else works there but a prefix on a host without flock(1)."""
        if self.is_locked:
            for name in os.listdir(self.work):
                if not is_prefix_alive(name):
                    remove_tree(os.path.join(self.work, name))

    def make_work_directory(self):
        path = "%s/%d-%s" % (self.work, os.getpid(), os.urandom(6).hex())
        os.mkdir(path, 0o755)
        return path


def persist(do):
    """What `do` returns, which is called again when something has gone that it had seen, or has come: other starts make the
    cache at the same time, and somebody may delete it.
    """
    for _ in range(TRIES):
        try:
            return do()
        except OSError as error:
            if error.errno not in VANISHED:
                raise
    return do()


def find_directory(path):
    """The nearest one that is there. Each is looked at once: another start may make it between two looks."""
    while True:
        try:
            if stat.S_ISDIR(os.stat(path).st_mode):
                return path
            is_other = True
        except OSError:
            is_other = os.path.islink(path)
        if is_other:
            raise Refusal("%s is not a directory" % path, "Move it, or set HOLDALL_CACHE to another directory.")
        path = os.path.dirname(path)


def is_open_to_others(path, may_be_sticky):
    """Who may write to a directory can exchange what is in it, and what runs from it; in a sticky one they cannot."""
    try:
        status = os.stat(path)
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode):
        return False
    if status.st_uid != os.geteuid():
        raise Refusal("its cache %s belongs to another user" % path, OWN)
    if may_be_sticky and status.st_mode & stat.S_ISVTX:
        return False
    return status.st_mode & stat.S_IWOTH or (status.st_mode & stat.S_IWGRP and not is_private(path, status))


def is_private(path, status):
    """Whether a directory's group is that of its user alone, as Debian and others make one for each user, with an umask
    of 002. Rights of others by an ACL show as rights of the group.
    """
    import grp
    import pwd

    try:
        if "system.posix_acl_access" in os.listxattr(path):
            return False
    except (OSError, AttributeError):
        pass  # a file system without them
    try:
        user, group = pwd.getpwuid(status.st_uid).pw_name, grp.getgrgid(status.st_gid)
    except KeyError:
        return status.st_uid == status.st_gid
    return group.gr_name == user and set(group.gr_mem) <= {user}


def check_above(path, existing):
    """Root uses no cache that another user could exchange as a whole, such as below their HOME by sudo. Not where a user
    namespace has no name for the owner of `/`.
    """
    if os.stat("/").st_uid != os.geteuid():
        return
    for above in (existing, os.path.realpath(existing)):
        while above != "/":
            if os.stat(above).st_uid != os.geteuid():
                raise Refusal(
                    "its cache %s lies below %s, which belongs to another user" % (path, above),
                    "Set HOLDALL_CACHE to a directory of root, such as /var/cache/holdall; with sudo, use its option -H.",
                )
            above = os.path.dirname(above)


def is_prefix_alive(name):
    """Whether a work directory is that of a prefix that unpacks an interpreter. Ours has done so, under the same id."""
    kind, _, number = name.partition("-")
    if kind != "sh" or not number.isdigit() or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
        return True
    except (OSError, OverflowError):
        return False


def remove_tree(path):
    """Also of read-only directories. What cannot be removed is left: it is in nobody's way."""
    try:
        if not os.path.isdir(path) or os.path.islink(path):
            os.remove(path)
            return
        # Each before it is looked into. Never the files: they are links to those of the store.
        os.chmod(path, stat.S_IRWXU)
        for directory, names, _ in os.walk(path):
            for name in names:
                if not os.path.islink(os.path.join(directory, name)):
                    os.chmod(os.path.join(directory, name), stat.S_IRWXU)
    except OSError:
        pass
    shutil.rmtree(path, ignore_errors=True)


def explain(error, cache):
    """The refusal for an OSError that a user can do something about, or None."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        reason = (
            "the disk of its cache %s is full"
            if error.errno == errno.ENOSPC
            else "the quota for its cache %s is used up"
        )
        return Refusal(reason % cache, "Free some space, or set HOLDALL_CACHE to a directory on another disk.")
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return Refusal("too many files are open", "Raise the limit, for example by `ulimit -n 1024`.")
    if error.errno == errno.EXDEV:
        return Refusal(
            "its cache %s is on several file systems" % cache,
            "Set HOLDALL_CACHE to a directory on one file system, so that files can be moved within it.",
        )
    if error.errno == errno.EROFS:
        return Refusal("its cache %s is on a read-only file system" % cache, ELSEWHERE)
    if error.errno in (errno.EACCES, errno.EPERM):
        return Refusal("its cache %s is not writable" % cache, OWN)
    return None


def find_mount(path):
    """The mount point that a path is on."""
    device = os.stat(path).st_dev
    path = os.path.realpath(path)
    while path != "/" and os.stat(os.path.dirname(path)).st_dev == device:
        path = os.path.dirname(path)
    return path
