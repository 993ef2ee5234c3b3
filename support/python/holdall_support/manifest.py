"""The manifest, docs/artifact.md, sections 2, 4 and 5, and the plan, docs/plan.md: text to checked values."""

import json
import re

from .refusal import Broken, Refusal

MAX_SIZE = 16 << 20
FORMAT = 1
MAX_FILE = 0xFFFFFFFF
MAX_LAYER = 8 << 30

DIGEST = re.compile(r"[0-9a-f]{64}")
IDENTITY = re.compile(r"sha256:[0-9a-f]{64}")
NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
VERSION = re.compile(r"[A-Za-z0-9._+!-]{1,64}")
LAYER_VERSION = re.compile(r"[A-Za-z0-9._+!-]{1,128}")
DISTRIBUTION = re.compile(r"[a-z0-9]([a-z0-9-]{0,198}[a-z0-9])?")
PYTHON = re.compile(r"3\.(0|[1-9][0-9]?)")
ABI = re.compile(r"cp3[0-9]{1,2}[a-z]?")
PROCESSOR = re.compile(r"[a-z0-9_]{1,32}")
FLOOR = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")
# What users type: never an option, never a path. Scripts are not named like the interpreter.
COMMAND = re.compile(r"(?!-|\.{1,2}$)[^\x00-\x20\x7f-\x9f\s/\\]{1,100}")
SCRIPT = re.compile(r"(?!python[0-9.]*t?$)" + COMMAND.pattern)
FUNCTION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
# Braces are {{, }} or one of the placeholders, docs/plan.md.
WORD = re.compile(r"(?:[^{}\0]|\{\{|\}\}|\{(?:app|host|port)\})*")
ORIGINS = ("own", "platform")


def parse(text):
    try:
        value = json.loads(text.decode("utf-8"), parse_float=refuse_number, parse_constant=refuse_number)
        again = render(value).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Broken("its manifest is not JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise Broken("its manifest is not an object")
    if value.get("format") != FORMAT or value["format"] is True:
        raise Refusal(
            "it has format %s; the reader inside knows format %d" % (render(value.get("format")), FORMAT),
            "Use a newer holdall to start it.",
        )
    if again != text:
        raise Broken("its manifest is not in canonical form")
    check_manifest(value)
    return value


def render(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


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
    for name, member in mapping(value["members"], "members"):
        content(member, name)
    layers = dict(mapping(value["layers"], "layers"))
    for identity, layer in layers.items():
        check_layer(identity, layer, layers, value["members"])
    transported = {member_of(identity) for identity in layers}
    for name in value["members"]:
        if name.startswith("layers/") and name not in transported:
            raise Broken("%s belongs to no layer" % name)
    if not 1 <= len(items(value["targets"], "targets")) <= 64:
        wrong("targets")
    used = set()
    for number, target in enumerate(value["targets"]):
        check_target(target, "targets[%d]" % number, layers)
        used.update(target["layers"])
    if used != set(layers):
        raise Broken("layer %s is used by no target" % min(set(layers) - used))


def member_of(identity):
    """Name of the member that has the bytes of a layer."""
    return "layers/%s.tar.gz" % identity[len("sha256:") :]


def check_layer(identity, layer, layers, members):
    match(identity, IDENTITY, "layers")
    keys(layer, identity, "files kind name size transport version", "of")
    if layer["kind"] not in ("application", "distribution", "bytecode", "interpreter"):
        wrong(identity + ".kind")
    match(layer["name"], DISTRIBUTION, identity + ".name")
    match(layer["version"], LAYER_VERSION, identity + ".version")
    integer(layer["size"], MAX_LAYER, identity + ".size")
    integer(layer["files"], 1000000, identity + ".files")
    if ("of" in layer) != (layer["kind"] == "bytecode") or layer.get("of", identity) not in layers:
        wrong(identity + ".of")
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
    match(python["abi"], ABI, at + ".python.abi")
    if python["implementation"] != "cpython" or not python["abi"].startswith("cp" + python["version"].replace(".", "")):
        wrong(at + ".python")
    match(target["processor"], PROCESSOR, at + ".processor")
    if ("libc" in target) != (target["processor"] != "any"):
        wrong(at + ".libc")
    if "libc" in target:
        keys(target["libc"], at + ".libc", "floor kind")
        if target["libc"]["kind"] not in ("glibc", "musl"):
            wrong(at + ".libc.kind")
        match(target["libc"]["floor"], FLOOR, at + ".libc.floor")
    identities = items(target["layers"], at + ".layers")
    if any(not isinstance(identity, str) or identity not in layers for identity in identities):
        wrong(at + ".layers")
    check_plan(target["plan"], at + ".plan")


def check_plan(plan, at):
    keys(plan, at, "commands importPath objects processes scripts")
    for path in items(plan["importPath"], at + ".importPath"):
        if path != "." and not is_path(path):
            wrong(at + ".importPath")
    for name, function in mapping(plan["scripts"], at + ".scripts"):
        match(name, SCRIPT, at + ".scripts")
        match(function, FUNCTION, at + ".scripts." + name)
    for name, command in mapping(plan["commands"], at + ".commands"):
        match(name, COMMAND, at + ".commands")
        check_command(command, "%s.commands.%s" % (at, name))
    for name, process in mapping(plan["processes"], at + ".processes"):
        keys(process, "%s.processes.%s" % (at, name), "argv instances overlap")
        texts(process["argv"], "%s.processes.%s.argv" % (at, name))
    mapping(plan["objects"], at + ".objects")


def check_command(command, at):
    kinds = {"argv": "argv", "url": "path", "sql": "database files"}
    kind = command.get("kind") if isinstance(command, dict) else None
    if not isinstance(kind, str) or kind not in kinds:
        wrong(at + ".kind")
    keys(command, at, "kind help origin " + kinds[kind])
    if not isinstance(command["help"], str) or "\n" in command["help"] or command["origin"] not in ORIGINS:
        wrong(at)
    if kind == "argv":
        texts(command["argv"], at + ".argv")


def is_path(path):
    """Whether a text is a relative path that docs/artifact.md permits in a layer."""
    return (
        isinstance(path, str)
        and not any(ord(letter) < 32 or letter in "\x7f\\" for letter in path)
        and not any(part in ("", ".", "..") for part in path.split("/"))
    )


def content(value, at):
    keys(value, at, "sha256 size")
    match(value["sha256"], DIGEST, at + ".sha256")
    integer(value["size"], MAX_FILE, at + ".size")


def keys(value, at, required, optional=""):
    if not isinstance(value, dict):
        wrong(at)
    found, needed = set(value), set(required.split())
    if not needed <= found <= needed | set(optional.split()):
        wrong(at)


def mapping(value, at):
    if not isinstance(value, dict):
        wrong(at)
    return value.items()


def items(value, at):
    if not isinstance(value, list):
        wrong(at)
    return value


def texts(value, at):
    if not items(value, at) or not all(isinstance(word, str) and WORD.fullmatch(word) for word in value):
        wrong(at)


def match(value, pattern, at):
    if not isinstance(value, str) or not pattern.fullmatch(value):
        wrong(at)


def integer(value, limit, at):
    if type(value) is not int or not 0 <= value <= limit:
        wrong(at)


def wrong(at):
    raise Broken("%s of its manifest has a value that is not permitted" % at)
