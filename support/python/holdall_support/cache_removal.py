"""Takes releases and layers out of a cache whose lock is held, in the order of docs/cache.md: whoever starts one meanwhile
is seen, or starts cold and waits for the lock.
"""

import os
import time

from .cache import remove_tree
from .cache_uses import Unmarked, find_last_use, find_uses, list_names
from .compose import UNTOUCHED
from .words import quote


class Removal:
    """Moves things into a work directory, which `finish` deletes. Killed before that, the next start deletes it."""

    def __init__(self, cache):
        self._cache = cache
        self._work = cache.make_work_directory()
        self._count = 0

    def finish(self):
        remove_tree(self._work)

    def take(self, path):
        """In one step. A directory that is read-only cannot be moved."""
        if os.path.isdir(path) and not os.path.islink(path):
            os.chmod(path, 0o755)
        os.rename(path, self._place())

    def take_release(self, release, older_than):
        """Why it stays, or None. With `older_than` None, its last use does not matter."""
        taken = {}
        reason = self._close(release, older_than, taken)
        if reason is not None:
            for path, place in taken.items():
                if not os.path.lexists(path):
                    os.rename(place, path)
            return reason
        with Unmarked(release.path) as mark:
            if mark.is_held:
                self.take(release.path)
                return None
        # The application is up: this is its last use so far, and the next start is warm again.
        for path, place in taken.items():
            os.rename(place, path)
        note_use(release.used)
        return "in use"

    def _close(self, release, older_than, taken):
        def take(path):
            if os.path.lexists(path):
                taken[path] = self._place()
                os.rename(path, taken[path])

        take(release.used)
        used_at = find_last_use(taken[release.used]) if release.used in taken else None
        if older_than is not None and not is_old(used_at, older_than):
            return "used lately"
        for path in find_ready_files(self._cache, release):
            take(path)
        if older_than is not None and os.path.lexists(release.used):
            return "used lately"
        if release.name in find_uses(self._cache):
            if release.used in taken:
                note_use(taken[release.used])
            return "in use"
        return None

    def condemn(self, release):
        """A release that runs and is damaged stays for those who run it. The next start makes another in its place."""
        for path in find_ready_files(self._cache, release):
            self.take(path)
        os.chmod(release.path, 0o755)
        if os.path.lexists(os.path.join(release.path, UNTOUCHED)):
            self.take(os.path.join(release.path, UNTOUCHED))
        os.chmod(release.path, 0o555)

    def _place(self):
        self._count += 1
        return "%s/%d" % (self._work, self._count)


def is_old(used_at, older_than):
    return used_at is not None and time.time() - used_at > older_than


def note_use(used):
    with open(used, "wb"):
        pass
    os.utime(used)


def find_ready_files(cache, release):
    start = os.fsencode("holdall_release=%s\n" % quote(release.path))
    found = []
    for name in list_names(cache.ready):
        path = os.path.join(cache.ready, name)
        with open(path, "rb") as file:
            if name == release.name or file.read(len(start)) == start:
                found.append(path)
    return found
