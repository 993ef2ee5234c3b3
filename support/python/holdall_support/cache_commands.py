"""`--holdall cache …` of an artifact, and `holdall cache …`: words to a value, and a value to text."""

import json
import os
import re
import sys

from .about import render_size
from .cache import find_cache, persist
from .refusal import Refusal

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600, "w": 7 * 24 * 3600}
LATELY = 30 * UNITS["d"]
COMMANDS = "list, verify, repair, prune, clear"
OPTIONS = {"--json": (), "--dry-run": ("prune", "clear"), "--older-than": ("prune",), "--keep": ("prune",)}


def look_after(call, words, environment, artifact=None):
    """Prints what one command of a cache says; the exit status."""
    command, options = parse_words(words)
    cache = find_cache(environment)
    call.action = "%s the cache %s" % (command, cache.path)
    call.cache = cache.path
    cache.check(has_machine_code=False)
    value = run(command, options, cache, artifact)
    if command == "repair" and artifact is not None:
        from .start import ensure_release

        value["made"] = ensure_release(call, artifact, environment)
    text = json.dumps(value, sort_keys=True) if "--json" in options else "\n".join(RENDERERS[command](value))
    sys.stdout.flush()
    sys.stdout.buffer.write(os.fsencode(text) + b"\n")
    return 1 if command == "verify" and value["problems"] else 0


def parse_words(words):
    command = words[0] if words else "nothing"
    if command not in COMMANDS.split(", "):
        raise refuse("%s is not one of %s" % (command, COMMANDS))
    options = {}
    rest = list(words[1:])
    while rest:
        option = rest.pop(0)
        if option not in OPTIONS or (OPTIONS[option] and command not in OPTIONS[option]):
            raise refuse("%s does not take %s" % (command, option))
        if option in ("--older-than", "--keep"):
            options[option] = (parse_duration if option == "--older-than" else parse_number)(rest.pop(0) if rest else "")
        else:
            options[option] = True
    return command, options


def parse_duration(text):
    match = re.fullmatch(r"([0-9]{1,6})([smhdw])", text)
    if match is None:
        raise refuse("--older-than is %r, not a number with s, m, h, d or w" % text)
    return int(match.group(1)) * UNITS[match.group(2)]


def parse_number(text):
    if not re.fullmatch("[0-9]{1,6}", text):
        raise refuse("--keep is %r, not a number" % text)
    return int(text)


def refuse(reason):
    usage = "Use `list`, `verify`, `repair`, `prune [--older-than 30d] [--keep NUMBER]` or `clear`; `--json`, `--dry-run`."
    return Refusal(reason, usage, "understand cache", 2)


def run(command, options, cache, artifact):
    from .cache_prune import list_cache, prune
    from .cache_repair import repair, verify

    is_dry_run = "--dry-run" in options
    if command == "list":
        return persist(lambda: list_cache(cache))  # without the lock
    if not os.path.isdir(cache.path):
        return {**NOTHING[command], "cache": cache.path}
    if command == "verify":
        try:
            cache.open()
            return verify(cache, artifact)
        finally:
            cache.close()
    is_all = command == "clear"
    older_than = 0 if is_all else options.get("--older-than", LATELY)
    keep = options.get("--keep", 0)
    if is_dry_run:
        return persist(lambda: prune(cache, older_than, keep, is_dry_run, is_all))
    lock(cache)
    try:
        if command == "repair":
            return repair(cache, artifact)
        return prune(cache, older_than, keep, is_dry_run, is_all)
    finally:
        cache.close()


def lock(cache):
    if not cache.open():
        raise Refusal("it is not writable", "Use it as the user whose cache it is.")
    if not cache.is_locked:
        raise Refusal(
            "its file system has no locks, so nobody can tell what runs",
            "Stop what runs from it, and delete it by hand: docs/starting.md says how.",
        )
    cache.remove_stale_work()


NOTHING = {
    "verify": {"layers": 0, "problems": [], "notes": []},
    "repair": {"problems": [], "removed": [], "condemned": [], "made": None},
}
NOTHING["prune"] = NOTHING["clear"] = {
    **{"isDryRun": False, "releases": [], "layers": [], "buildFiles": 0},
    **{"isBuilding": False, "freedBytes": 0, "kept": []},
}


def render_list(value):
    for release in value["releases"]:
        state = "runs" if release["isInUse"] else "used %s" % (release["usedAt"] or "at an unknown time")
        yield "%s  %s, %s  %s" % (render_name(release), state, render_size(release["sizeBytes"]), release["release"])
    yield "%s: %d releases, %d layers, %s" % (
        value["cache"],
        len(value["releases"]),
        value["layers"],
        render_size(value["sizeBytes"]),
    )


def render_verify(value):
    for problem in value["problems"] + value["notes"]:
        yield "%(path)s: %(problem)s" % problem
    count = len(value["problems"])
    yield "%s: %s" % (value["cache"], "%d problems" % count if count else "%d layers, all whole" % value["layers"])


def render_repair(value):
    for problem in value["problems"]:
        yield "%(path)s: %(problem)s" % problem
    for path in value["removed"]:
        yield "removed %s" % path
    for path in value["condemned"]:
        yield "%s runs; the next start makes another in its place" % path
    if value["made"]:
        yield "whole: %s" % value["made"]
    yield "%s: %s" % (value["cache"], "repaired" if value["problems"] else "nothing to repair")


def render_prune(value):
    verb = "would remove" if value["isDryRun"] else "removed"
    for release in value["releases"]:
        yield "%s %s, used %s" % (verb, render_name(release), release["usedAt"])
    for layer in value["layers"]:
        yield "%s layer %s" % (verb, render_name(layer))
    if value["buildFiles"]:
        yield "%s %d files that builds left" % (verb, value["buildFiles"])
    if value["isBuilding"]:
        yield "kept what builds left: one may be running"
    for release in value["kept"]:
        yield "kept %s: %s" % (render_name(release), release["reason"])
    yield "%s %s" % ("would free" if value["isDryRun"] else "freed", render_size(value["freedBytes"]))


def render_name(value):
    if value["name"] is None:
        return value.get("release") or value["layer"]
    return "%(name)s %(version)s" % value


RENDERERS = {
    "list": render_list,
    "verify": render_verify,
    "repair": render_repair,
    "prune": render_prune,
    "clear": render_prune,
}
