"""The manifest, docs/artifact.md, sections 2, 4 and 5: text to checked values."""

import json
import re

from .checks import integer, items, keys, mapping, match, one_of, wrong
from .plan import check_plan
from .refusal import Broken, Refusal

MAX_SIZE = 16 << 20
FORMAT = 1
MAX_FILE = 0xFFFFFFFF
MAX_LAYER = 8 << 30

MAX_DEPTH = 32
MAX_PREFIX = 1 << 20
MAX_SMALL = 16 << 20

DIGEST = re.compile(r"[0-9a-f]{64}")
IDENTITY = re.compile(r"sha256:[0-9a-f]{64}")
NAME = re.compile(r"(?=.{1,40}$)[a-z0-9]+(-[a-z0-9]+)*")
DISTRIBUTION = re.compile(r"(?=.{1,200}$)[a-z0-9]+(-[a-z0-9]+)*")
VERSION = re.compile(r"[A-Za-z0-9._+!-]{1,64}")
PYTHON = re.compile(r"3\.(0|[1-9][0-9]{0,2})")
FLAGS = re.compile(r"[a-z]{0,3}")
PROCESSOR = re.compile(r"[a-z0-9_]{1,32}")
FLOOR = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")
# What a key does not have.
ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f]')


def parse(text):
    try:
        value = json.loads(text.decode("utf-8"), parse_float=refuse_number, parse_constant=refuse_number)
        again = render(value).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Broken("its manifest is not JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise Broken("its manifest is not an object")
    if type(value.get("format")) is not int:
        wrong("format")
    if value["format"] != FORMAT:
        raise Refusal(
            "it has format %s; the reader inside knows format %d" % (render(value.get("format")), FORMAT),
            "Use a newer holdall to start it.",
        )
    if again != text or not is_plain(value, 1):
        raise Broken("its manifest is not in canonical form")
    check_manifest(value)
    return value


def render(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def is_plain(value, depth):
    """Whether it has nothing that Python's json takes and writes again, and the format does not have."""
    if isinstance(value, (dict, list)):
        below = value.values() if isinstance(value, dict) else value
        if isinstance(value, dict) and any(ESCAPED.search(key) for key in value):
            return False
        return depth <= MAX_DEPTH and all(is_plain(one, depth + 1) for one in below)
    return not isinstance(value, int) or abs(value) < 1 << 53


def refuse_number(text):
    raise ValueError("%s is not an integer" % text)


def check_manifest(value):
    keys(value, "manifest", "description format holdall layers members name prefix targets version")
    match(value["holdall"], VERSION, "holdall")
    match(value["name"], NAME, "name")
    match(value["version"], VERSION, "version")
    if not isinstance(value["description"], dict):
        wrong("description")
    content(value["prefix"], "prefix")
    integer(value["prefix"]["size"], MAX_PREFIX, "prefix.size")
    for name, member in mapping(value["members"], "members"):
        content(member, name)
        if not name.startswith("layers/"):
            integer(member["size"], MAX_SMALL, name)
    layers = dict(mapping(value["layers"], "layers"))
    for identity, layer in layers.items():
        check_layer(identity, layer, layers, value["members"])
    for identity, layer in layers.items():
        if "of" in layer and layers[layer["of"]]["kind"] not in ("application", "distribution"):
            raise Broken("layer %s was compiled from one that has no source" % identity)
    transported = {member_of(identity) for identity in layers}
    for name in value["members"]:
        if name.startswith("layers/") and name not in transported:
            raise Broken("%s belongs to no layer" % name)
    used = set()
    for number, target in enumerate(items(value["targets"], "targets", 1, 64)):
        check_target(target, "targets[%d]" % number, layers)
        used.update(target["layers"])
    check_interpreters(value["targets"], layers)
    if used != set(layers):
        raise Broken("layer %s is used by no target" % min(set(layers) - used))


def check_interpreters(targets, layers):
    inside = [
        [identity for identity in target["layers"] if layers[identity]["kind"] == "interpreter"] for target in targets
    ]
    if not any(inside):
        return
    for found, target in zip(inside, targets):
        if len(found) != 1 or target["layers"][0] != found[0] or target["processor"] == "any":
            raise Broken("its targets do not each have one interpreter, as the first layer, for one processor")


def member_of(identity):
    """Name of the member that has the bytes of a layer."""
    return "layers/%s.tar.gz" % identity[len("sha256:") :]


def check_layer(identity, layer, layers, members):
    match(identity, IDENTITY, "layers")
    keys(layer, identity, "files kind name size transport version", "of")
    one_of(layer["kind"], ("application", "distribution", "bytecode", "interpreter"), identity + ".kind")
    match(layer["name"], DISTRIBUTION, identity + ".name")
    match(layer["version"], VERSION, identity + ".version")
    integer(layer["size"], MAX_LAYER, identity + ".size")
    integer(layer["files"], 1000000, identity + ".files")
    if ("of" in layer) != (layer["kind"] == "bytecode"):
        wrong(identity + ".of")
    if "of" in layer:
        match(layer["of"], IDENTITY, identity + ".of")
        if layer["of"] not in layers:
            raise Broken("layer %s was compiled from one that is missing" % identity)
    transport = layer["transport"]
    keys(transport, identity + ".transport", "encoding sha256 size")
    if transport["encoding"] != "gzip":
        wrong(identity + ".transport.encoding")
    carried = members.get(member_of(identity))
    if carried != {"sha256": transport["sha256"], "size": transport["size"]}:
        raise Broken("member %s is not what its layer names" % member_of(identity))


def check_target(target, at, layers):
    keys(target, at, "layers plan processor python", "libc")
    python = target["python"]
    keys(python, at + ".python", "abi implementation version")
    match(python["version"], PYTHON, at + ".python.version")
    tag = "cp" + python["version"].replace(".", "")
    if (
        python["implementation"] != "cpython"
        or not isinstance(python["abi"], str)
        or not python["abi"].startswith(tag)
    ):
        wrong(at + ".python")
    match(python["abi"][len(tag) :], FLAGS, at + ".python.abi")
    match(target["processor"], PROCESSOR, at + ".processor")
    if ("libc" in target) != (target["processor"] != "any"):
        wrong(at + ".libc")
    if "libc" in target:
        keys(target["libc"], at + ".libc", "floor kind")
        one_of(target["libc"]["kind"], ("glibc", "musl"), at + ".libc.kind")
        match(target["libc"]["floor"], FLOOR, at + ".libc.floor")
    identities = items(target["layers"], at + ".layers")
    if any(not isinstance(identity, str) or identity not in layers for identity in identities):
        wrong(at + ".layers")
    if len(set(identities)) != len(identities):
        raise Broken("a target has a layer twice")
    check_plan(target["plan"], at + ".plan")


def content(value, at):
    keys(value, at, "sha256 size")
    match(value["sha256"], DIGEST, at + ".sha256")
    integer(value["size"], MAX_FILE, at + ".size")
