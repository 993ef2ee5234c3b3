"""The record of a release, `.record` in it: what it is, and what lies where in it without asking the artifact. Prune learns
from it which layers are referred to, verify what has to be there, an environment how it is started.

Its last line is the digest of those before. So it is in a ready file, where that line is a comment.
"""

import hashlib
import json
import os
import stat

NAME = ".record"
FORMAT = 1
MAX_SIZE = 64 << 20  # a plan has at most a million links


def seal(text):
    return "%s# %s\n" % (text, digest(text))


def digest(text):
    return hashlib.sha256(os.fsencode(text)).hexdigest()


def is_sealed(text):
    place = text.rstrip("\n").rfind("\n") + 1
    return text == seal(text[:place])


def write_record(root, release, artifact, target):
    """Into a release that was made in `root`: its links and what was made here, with mode and digest. All else is the files
    of its layers, at `places`, where the later one wins.
    """
    made = {}
    for place in [*release.texts, *release.list_bytecode()]:
        made[place] = describe_file(os.path.join(root, place))
    layers = artifact.manifest["layers"]
    record = {
        "format": FORMAT,
        "name": artifact.name,
        "version": artifact.version,
        "identity": artifact.identity,
        "plan": target["plan"],
        "layers": [
            {"identity": each, **{key: layers[each][key] for key in ("kind", "name", "version")}} for each in target["layers"]
        ],
        "places": release.places,
        "links": release.links,
        "made": made,
    }
    with open(os.path.join(root, NAME), "xb") as file:
        file.write(os.fsencode(seal(json.dumps(record, sort_keys=True) + "\n")))
    os.chmod(os.path.join(root, NAME), 0o444)


def describe_file(path):
    with open(path, "rb") as file:
        return [stat.S_IMODE(os.fstat(file.fileno()).st_mode), hashlib.sha256(file.read()).hexdigest()]


def has_record(path):
    try:
        return os.lstat(os.path.join(path, NAME)).st_size > 0
    except OSError:
        return False


def read_record(path):
    """None when there is none, or one that is damaged or of another format."""
    try:
        with open(os.path.join(path, NAME), "rb") as file:
            text = os.fsdecode(file.read(MAX_SIZE))
        record = json.loads(text[: text.rindex("# ")]) if is_sealed(text) else {}
    except (OSError, ValueError):
        return None
    return record if record.get("format") == FORMAT else None
