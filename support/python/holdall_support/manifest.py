"""The manifest, docs/artifact.md, sections 2, 4 and 5, and the plan, docs/plan.md: text to checked values."""

import json
import re

from .refusal import Broken, Refusal

MAX_SIZE = 16 << 20
FORMAT = 1
MAX_FILE = 0xFFFFFFFF
MAX_LAYER = 8 << 30

MAX_DEPTH = 32
MAX_PREFIX = 1 << 20
MAX_SMALL = 16 << 20
MAX_NAMES = 1000

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
# What users type: never an option, never a path.
TYPED = re.compile(r"(?!-|\.{1,2}$)[^\x00-\x20\x7f-\x9f\s/\\]{1,100}")
# It becomes a file in the release's bin, where the interpreter has its own names.
SCRIPT = re.compile(r"(?!python[0-9.]*t?$)[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
FUNCTION = re.compile(DOTTED.pattern + ":" + DOTTED.pattern)
# Braces are {{, }} or one of the placeholders, docs/plan.md.
WORD = re.compile(r"(?:[^{}\0]|\{\{|\}\}|\{(?:app|host|port)\})*")
HELP = re.compile(r"[^\x00-\x1f\x7f-\x9f]{0,1000}")
PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,199}")  # of the host: it becomes a word of a command line
URL_PATH = re.compile(r"/[^\x00-\x20\x7f-\x9f\s]{0,2000}")


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


def check_plan(plan, at):
    keys(plan, at, "commands importPath objects processes scripts", "systemPackages")
    for path in items(plan["importPath"], at + ".importPath", 0, 100):
        if path != "." and not is_path(path):
            wrong(at + ".importPath")
    for name, function in mapping(plan["scripts"], at + ".scripts", MAX_NAMES):
        match(name, SCRIPT, at + ".scripts")
        match(function, FUNCTION, at + ".scripts." + name)
    for kind, check in (("commands", check_command), ("processes", check_process), ("objects", check_object)):
        for name, value in mapping(plan[kind], "%s.%s" % (at, kind), MAX_NAMES):
            match(name, TYPED, "%s.%s" % (at, kind))
            check(value, "%s.%s.%s" % (at, kind, name))
    if "systemPackages" in plan:
        check_system_packages(plan["systemPackages"], at + ".systemPackages")


def check_system_packages(packages, at):
    keys(packages, at, "deb rpm")
    for kind, names in packages.items():
        for name in items(names, "%s.%s" % (at, kind), 0, MAX_NAMES):
            match(name, PACKAGE, "%s.%s" % (at, kind))
        if len(set(names)) != len(names):
            wrong("%s.%s" % (at, kind))
    if not packages["deb"] and not packages["rpm"]:
        wrong(at)


def check_command(command, at):
    kinds = {"argv": "argv", "url": "path", "sql": "database files"}
    kind = command.get("kind") if isinstance(command, dict) else None
    if not isinstance(kind, str) or kind not in kinds:
        wrong(at + ".kind")
    keys(command, at, "kind help origin " + kinds[kind])
    match(command["help"], HELP, at + ".help")
    one_of(command["origin"], ("own", "platform"), at + ".origin")
    if kind == "argv":
        check_argv(command["argv"], at + ".argv")
    elif kind == "url":
        match(command["path"], URL_PATH, at + ".path")
    else:
        match(command["database"], TYPED, at + ".database")
        if not all(is_path(path) for path in items(command["files"], at + ".files", 1, MAX_NAMES)):
            wrong(at + ".files")


def check_process(process, at):
    keys(process, at, "argv instances overlap")
    check_argv(process["argv"], at + ".argv")
    one_of(process["overlap"], ("allowed", "never"), at + ".overlap")
    integer(process["instances"], 1 if process["overlap"] == "never" else 1000, at + ".instances")
    if process["instances"] == 0:
        wrong(at + ".instances")


def check_object(value, at):
    keys(value, at, "attribute interface isFactory module")
    one_of(value["interface"], ("wsgi", "asgi", "python"), at + ".interface")
    match(value["module"], DOTTED, at + ".module")
    match(value["attribute"], DOTTED, at + ".attribute")
    if not isinstance(value["isFactory"], bool):
        wrong(at + ".isFactory")


def check_argv(argv, at):
    for word in items(argv, at, 1, 1000):
        match(word, WORD, at)
        if len(word) > 65536:
            wrong(at)
    if not argv[0]:
        wrong(at)


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


def mapping(value, at, limit=4096):
    if not isinstance(value, dict) or len(value) > limit:
        wrong(at)
    return value.items()


def items(value, at, least=0, limit=4096):
    if not isinstance(value, list) or not least <= len(value) <= limit:
        wrong(at)
    return value


def one_of(value, permitted, at):
    if not isinstance(value, str) or value not in permitted:
        wrong(at)


def match(value, pattern, at):
    if not isinstance(value, str) or not pattern.fullmatch(value):
        wrong(at)


def integer(value, limit, at):
    if type(value) is not int or not 0 <= value <= limit:
        wrong(at)


def wrong(at):
    raise Broken("%s of its manifest has a value that is not permitted" % at)
