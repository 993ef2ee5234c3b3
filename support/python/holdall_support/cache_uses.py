"""What a cache holds, when each release was started last, and what runs from it: docs/cache.md."""

import errno
import os
import re
import time

from .compose import MARK
from .ready import find_boot
from .record import read_record

try:
    import fcntl
except ImportError:
    fcntl = None

MAX_READ = 16 << 20
LAYER = re.compile(r"[0-9a-f]{64}")
# Named by src/system/work-directory.ts.
OWNER = re.compile(r"work-(?P<boot>[0-9a-f]{32})\.(?P<namespace>[0-9]+)\.(?P<pid>[0-9]+)\.(?P<start>[0-9]+)-")
RELEASE = re.compile(r"([0-9a-f]{64})-([0-9A-Za-z_.]+)-[0-9a-f]{8}")


class FoundRelease:
    """A release as it lies in a cache."""

    def __init__(self, cache, name, uses):
        self.name = name
        self.path = os.path.join(cache.releases, name)
        self.used = os.path.join(cache.used, name)
        self.record = read_record(self.path)
        self.used_at = find_last_use(self.used)
        self.is_in_use = name in uses

    def __str__(self):
        return "%(name)s %(version)s" % self.record if self.record else self.name

    def layers(self):
        """Digests."""
        return [layer["identity"][len("sha256:") :] for layer in self.record["layers"]] if self.record else []

    def describe(self):
        record = self.record or {}
        return {
            "release": self.name,
            "name": record.get("name"),
            "version": record.get("version"),
            "usedAt": render_time(self.used_at),
        }


def list_releases(cache):
    uses = find_uses(cache)
    return [FoundRelease(cache, name, uses) for name in list_names(cache.releases) if RELEASE.fullmatch(name)]


def list_names(directory):
    try:
        return sorted(os.listdir(directory))
    except FileNotFoundError:
        return []


def render_time(seconds):
    return None if seconds is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def find_last_use(used):
    """Seconds since the epoch, None when nobody knows. After now it cannot have been: a clock was set back."""
    try:
        return min(os.lstat(used).st_mtime, time.time())
    except FileNotFoundError:
        return None


def find_uses(cache):
    """Names of the releases, and digests of the layers, that a process of this user (for root: any) runs from.

    By its environment, which has the release in PATH, by its words, and by the files that it has mapped: that of a mark,
    an interpreter, an extension.
    """
    places = b"|".join(re.escape(os.fsencode(path)) for path in {cache.path, os.path.realpath(cache.path)})
    name = re.compile(b"(?:" + places + rb")/(?:layers|ready|releases)/([0-9A-Za-z_.-]+)")
    found = set()
    for number in filter(str.isdigit, list_names("/proc")):
        for part in ("environ", "cmdline", "maps"):
            try:
                with open("/proc/%s/%s" % (number, part), "rb") as file:
                    found.update(name.findall(file.read(MAX_READ)))
            except OSError:
                pass  # it has ended, or is somebody else's
    return {os.fsdecode(each) for each in found}


def is_owner_alive(work):
    """Whether the process runs that made a work directory of a build; None when that cannot be seen from here."""
    match = OWNER.match(os.path.basename(work))
    try:
        if match is None or match.group("boot") != find_boot().replace("-", ""):
            return None
        if os.readlink("/proc/self/ns/pid") != "pid:[%s]" % match.group("namespace"):
            return None
        with open("/proc/%s/stat" % match.group("pid"), "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
            return fields[0] != b"Z" and fields[19] == match.group("start").encode()
    except FileNotFoundError:
        return False
    except OSError:
        return None


class Unmarked:
    """The mark of a release, held alone: no process holds it, in no container. `is_held` is False when one does."""

    def __init__(self, path):
        self.is_held = True
        self._file = None
        try:
            self._file = os.open(os.path.join(path, MARK), os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            pass  # a release that is not whole
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            self.is_held = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._file is not None:
            os.close(self._file)
