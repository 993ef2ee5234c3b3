"""Removes what nobody has used for a while, or all that nobody uses: docs/cache.md."""

import os
import stat
import time

from .cache_removal import Removal, is_old, note_use
from .cache_uses import LAYER, find_uses, is_owner_alive, list_names, list_releases

DAY = 24 * 3600
# Nothing that was started so lately is removed: between its start and its first mark, nobody can see all of them.
SHORTEST = 60
# Of build/: what builds leave for the next one. They look after environments/ themselves.
KEPT_BY_BUILDS = ("environments",)


def prune(cache, older_than, keep, is_dry_run, is_all=False):
    """`cache` is locked, unless it is a dry run. Returns what was, or would be, removed; what is removed is gone when this
    returns.
    """
    older_than = max(older_than, SHORTEST)
    releases = list_releases(cache)
    going, kept = plan_releases(releases, older_than, keep)
    removal = None if is_dry_run else Removal(cache)
    try:
        if removal is not None:
            date_unknown(releases)
        sizes = Sizes()
        gone = []
        for release in going:
            measured = sizes.measure(release.path)
            reason = None if removal is None else removal.take_release(release, older_than)
            if reason is None:
                gone.append(release)
                sizes.add(measured)
            else:
                kept.append((release, reason))
        layers = plan_layers(cache, [each for each in releases if each not in gone], older_than)
        built, is_building = plan_build(cache, older_than, is_all)
        for path in [*layers, *built]:
            sizes.add(sizes.measure(path))
            if removal is not None:
                removal.take(path)
        if removal is not None:
            remove_orphans(cache, removal)
    finally:
        if removal is not None:
            cache.close()
            removal.finish()
    return {
        "cache": cache.path,
        "isDryRun": is_dry_run,
        "releases": [each.describe() for each in gone],
        "layers": describe_layers(layers, releases),
        "buildFiles": len(built),
        "isBuilding": is_building,
        "freedBytes": sizes.freed(),
        "kept": [{**release.describe(), "reason": reason} for release, reason in kept],
    }


def plan_releases(releases, older_than, keep):
    """Those to remove, the one unused for longest first, and those that stay with the reason."""
    going, kept, newest = [], [], {}
    for release in sorted(releases, key=lambda each: -(each.used_at or 0)):
        name = release.record and release.record["name"]
        newest[name] = newest.get(name, 0) + 1
        if release.is_in_use:
            kept.append((release, "in use"))
        elif not is_old(release.used_at, older_than):
            kept.append((release, "used lately"))
        elif newest[name] <= keep:
            kept.append((release, "among the last %d" % keep))
        else:
            going.insert(0, release)
    return going, kept


def date_unknown(releases):
    """From now on the days of a release are counted that has no last use, is in use, or was used in the future."""
    now = time.time()
    for release in releases:
        if release.is_in_use or release.used_at is None or os.lstat(release.used).st_mtime > now:
            note_use(release.used)


def plan_layers(cache, staying, older_than):
    referred = {digest for release in staying for digest in release.layers()}
    uses = find_uses(cache)
    paths = [os.path.join(cache.layers, name) for name in list_names(cache.layers) if LAYER.fullmatch(name)]
    return [
        path
        for path in paths
        if os.path.basename(path) not in referred | uses and is_old(os.lstat(path).st_mtime, older_than)
    ]


def plan_build(cache, older_than, is_all):
    """Paths below build/, and whether a build may be running: then none. One that was killed has left its directory."""
    root = cache.path + "/build"
    work = {path: is_owner_alive(path) for path in (root + "/work/" + name for name in list_names(root + "/work"))}
    left = [path for path, is_alive in work.items() if is_alive is False]
    paths = [path for path, is_alive in work.items() if is_alive is None]  # of another container, or machine
    if len(left) + len(paths) < len(work) or any(not is_old(os.lstat(path).st_mtime, DAY) for path in paths):
        return [], True
    for section in list_names(root):
        if section != "work" and (is_all or section not in KEPT_BY_BUILDS):
            paths += [os.path.join(root, section, name) for name in list_names(os.path.join(root, section))]
    return left + [path for path in paths if is_old(find_last_touch(path), older_than)], False


def find_last_touch(path):
    status = os.lstat(path)
    times = [status.st_atime, status.st_mtime]
    if stat.S_ISDIR(status.st_mode):
        times = [status.st_mtime, *(find_last_touch(os.path.join(path, name)) for name in os.listdir(path))]
    return max(times)


def remove_orphans(cache, removal):
    """Ready files and last uses of releases that are not there. A door that was closed stays for a while, for shells that
    have found it open.
    """
    releases = set(list_names(cache.releases))
    for name in list_names(cache.used):
        if name not in releases:
            removal.take(os.path.join(cache.used, name))
    for name in list_names(cache.ready):
        path = os.path.join(cache.ready, name)
        with open(path, "rb") as file:
            release = os.fsdecode(os.path.basename(file.readline().rstrip(b"'\n")))
        if not release and is_old(os.lstat(path).st_mtime, SHORTEST):
            removal.take(path)
        elif release and release not in releases:
            removal.close_door(path)


def describe_layers(paths, releases):
    known = {layer["identity"]: layer for release in releases if release.record for layer in release.record["layers"]}
    layers = [(os.path.basename(path), known.get("sha256:" + os.path.basename(path), {})) for path in paths]
    return [{"layer": name, "name": layer.get("name"), "version": layer.get("version")} for name, layer in layers]


class Sizes:
    """What the disk gets back: a file goes with the last of its links."""

    def __init__(self):
        self._files = {}

    def measure(self, root):
        """What is there: starts and builds go on meanwhile."""
        measured = []
        for path in walk(root):
            try:
                measured.append(os.lstat(path))
            except FileNotFoundError:
                pass
        return measured

    def add(self, measured):
        for status in measured:
            key = (status.st_dev, status.st_ino)
            links, _ = self._files.get(key, (status.st_nlink if not stat.S_ISDIR(status.st_mode) else 1, 0))
            self._files[key] = (links - 1, status.st_blocks * 512)

    def freed(self):
        return sum(size for links, size in self._files.values() if links <= 0)


def walk(root):
    """The path itself and all below, no link followed."""
    yield root
    if os.path.isdir(root) and not os.path.islink(root):
        for directory, directories, files in os.walk(root):
            for name in directories + files:
                yield os.path.join(directory, name)


def list_cache(cache):
    sizes = Sizes()
    releases = []
    for release in list_releases(cache):
        size = sum(status.st_blocks * 512 for status in sizes.measure(release.path))
        releases.append({**release.describe(), "isInUse": release.is_in_use, "sizeBytes": size})
    layers = [name for name in list_names(cache.layers) if LAYER.fullmatch(name)]
    everything = sizes.measure(cache.path) if os.path.isdir(cache.path) else []
    size = sum({(each.st_dev, each.st_ino): each.st_blocks * 512 for each in everything}.values())
    return {"cache": cache.path, "releases": releases, "layers": len(layers), "sizeBytes": size}
