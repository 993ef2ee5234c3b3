"""Removes what differs from its digest, so that the next start makes it anew: docs/cache.md."""

import os

from .cache_removal import Removal
from .cache_verify import verify_cache


def repair(cache, artifact):
    """`cache` is locked, and not any more when this returns what was wrong and what was done about it."""
    removal = Removal(cache)
    try:
        verified = verify_cache(cache, artifact)
        removed, condemned = [], []
        for path in verified.paths:
            (removal.close_door if os.path.dirname(path) == cache.ready else removal.take)(path)
            removed.append(os.path.relpath(path, cache.path))
        for release in verified.releases:
            if removal.take_release(release, None) is None:
                removed.append("releases/" + release.name)
            else:
                removal.condemn(release)
                condemned.append("releases/" + release.name)
        for digest, is_whole in verified.layers.items():
            if not is_whole:
                removal.take(os.path.join(cache.layers, digest))
                removed.append("layers/" + digest)
    finally:
        cache.close()
        removal.finish()
    return {
        "cache": cache.path,
        "problems": render_pairs(verified.problems),
        "removed": removed,
        "condemned": condemned,
        "made": None,
    }


def verify(cache, artifact):
    """`cache` is locked where that is possible: what a start is making differs."""
    verified = verify_cache(cache, artifact)
    return {
        "cache": cache.path,
        "layers": len(verified.layers),
        "problems": render_pairs(verified.problems),
        "notes": render_pairs(verified.notes),
    }


def render_pairs(pairs):
    return [{"path": path, "problem": problem} for path, problem in pairs]
