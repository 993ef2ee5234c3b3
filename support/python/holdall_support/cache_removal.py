"""Takes releases and layers out of a cache whose lock is held, in the order of docs/cache.md: whoever starts one meanwhile
is seen, or starts cold and waits for the lock.
"""

import os
import shutil
import time

from .cache import remove_tree
from .compose import NO_LINK
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

    def close_door(self, path):
        """Empties a ready file in one step; where it is kept. Not by taking it away: a shell that has found it, and then
        cannot read it, ends.
        """
        kept, empty = self._place(), self._place()
        try:
            os.link(path, kept)
        except OSError as error:
            if error.errno not in NO_LINK:
                raise
            shutil.copyfile(path, kept)
        with open(empty, "xb"):
            pass
        os.rename(empty, path)
        return kept

    def take_release(self, release, older_than):
        """Why it stays, or None. With `older_than` None, its last use does not matter."""
        used, doors = None, {}
        if os.path.lexists(release.used):
            used = self._place()
            os.rename(release.used, used)
        reason = "used lately"
        if older_than is None or is_old(used and find_last_use(used), older_than):
            doors = {path: self.close_door(path) for path in find_ready_files(self._cache, release)}
            reason = self._take_unused(release, older_than)
        if reason is not None:
            # The next start is warm again, and what runs was used until now.
            for path, kept in doors.items():
                os.rename(kept, path)
            if reason == "in use":
                note_use(release.used)
            elif used is not None and not os.path.lexists(release.used):
                os.rename(used, release.used)
        return reason

    def _take_unused(self, release, older_than):
        if older_than is not None and os.path.lexists(release.used):
            return "used lately"  # by a start that found the door open
        if release.name in find_uses(self._cache):
            return "in use"
        with Unmarked(release.path) as mark:
            if not mark.is_held:
                return "in use"
            self.take(release.path)
        return None

    def condemn(self, release):
        """A release that runs and is damaged stays for those who run it. The next start makes another in its place."""
        for path in find_ready_files(self._cache, release):
            self.close_door(path)
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
