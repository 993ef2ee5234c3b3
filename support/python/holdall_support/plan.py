"""The plan, docs/plan.md, as a manifest has it: checked values."""

import re

from .checks import integer, is_path, items, keys, mapping, match, one_of, wrong
from .refusal import Broken

MAX_NAMES = 1000
# What users type: never an option, never a path.
TYPED = re.compile(r"(?!-|\.{1,2}$)[^\x00-\x20\x7f-\x9f\s/\\]{1,100}")
# It becomes a file in the release's bin, where the interpreter has its own names.
SCRIPT = re.compile(r"(?!python[0-9.]*t?$)[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
FUNCTION = re.compile(DOTTED.pattern + ":" + DOTTED.pattern)
# Braces are {{, }} or one of the placeholders, docs/plan.md.
WORD = re.compile(r"(?:[^{}\0]|\{\{|\}\}|\{(?:app|host|port)\})*")
HELP = re.compile(r"[^\x00-\x1f\x7f-\x9f]{0,1000}")
PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,199}")  # of the host: it becomes a word of a command line
URL_PATH = re.compile(r"/[^\x00-\x20\x7f-\x9f\s]{0,2000}")
SETTING_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
TEXT = re.compile(r"[^\0]{0,65536}")
FILE = re.compile(r"([^#]*)(#[^\x00-\x1f\x7f-\x9f]{1,200})?")
SERVICE = re.compile(r"[a-z][a-z0-9_]{0,39}")
PART = re.compile(r"[a-z]{1,40}|[a-z][a-z0-9+.-]{0,39}://")
CRON = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,200}")
SETTING_TYPES = "string int bool url duration size list secret choice flag".split()
MOMENTS = "install verify migrate backup restore uninstall health migrated unit_test".split()
OF_MOMENT = {"migrate": "isCompatible", "unit_test": "hasOwnData"}
MAX_INTEGER = 2**53 - 1
MAX_MAIL = 1 << 30


def check_plan(plan, at):
    keys(
        plan,
        at,
        "commands importPath objects processes scripts",
        "lifecycle mail schedule services settings static systemPackages workingDirectory",
    )
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
    one_of(plan.get("workingDirectory", "app"), ("app",), at + ".workingDirectory")
    check_environment(plan, at)


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


def check_environment(plan, at):
    """What an environment supplies."""
    for name, setting in mapping(plan.get("settings", {}), at + ".settings", MAX_NAMES):
        match(name, SETTING_NAME, at + ".settings")
        check_setting(setting, "%s.settings.%s" % (at, name))
    for name, service in mapping(plan.get("services", {}), at + ".services", MAX_NAMES):
        match(name, SETTING_NAME, at + ".services")
        check_service(service, at + ".services." + name)
    check_variables([*plan.get("settings", {}).values(), *plan.get("services", {}).values()], at)
    for name, scheduled in mapping(plan.get("schedule", {}), at + ".schedule", MAX_NAMES):
        match(name, TYPED, at + ".schedule")
        keys(scheduled, at + ".schedule." + name, "command cron")
        match(scheduled["cron"], CRON, at + ".schedule." + name)
        one_of(scheduled["command"], plan["commands"], at + ".schedule." + name)
    for moment, planned in mapping(plan.get("lifecycle", {}), at + ".lifecycle"):
        one_of(moment, MOMENTS, at + ".lifecycle")
        keys(planned, at + ".lifecycle." + moment, "command", OF_MOMENT.get(moment, ""))
        one_of(planned["command"], plan["commands"], at + ".lifecycle." + moment)
        if not all(value is True for key, value in planned.items() if key != "command"):
            wrong(at + ".lifecycle." + moment)
    if "mail" in plan:
        keys(plan["mail"], at + ".mail", "command", "maxBytes")
        one_of(plan["mail"]["command"], plan["commands"], at + ".mail")
        integer(plan["mail"].get("maxBytes", 1), MAX_MAIL, at + ".mail", 1)
    for path, directory in mapping(plan.get("static", {}), at + ".static", MAX_NAMES):
        match(path, URL_PATH, at + ".static")
        if directory != "." and not is_path(directory):
            wrong(at + ".static")


def check_service(service, at):
    keys(service, at, "type", "env password quotaBytes")
    match(service["type"], SERVICE, at)
    if isinstance(service.get("env"), dict):
        for _, part in mapping(service["env"], at + ".env", MAX_NAMES):
            match(part, PART, at + ".env")
    one_of(service.get("password", "none"), ("none",), at + ".password")
    integer(service.get("quotaBytes", 1), MAX_INTEGER, at + ".quotaBytes", 1)


def check_setting(setting, at):
    keys(setting, at, "help isRequired type", "choices default env file generate")
    one_of(setting["type"], SETTING_TYPES, at + ".type")
    match(setting["help"], HELP, at + ".help")
    if not isinstance(setting["isRequired"], bool):
        wrong(at + ".isRequired")
    if "env" in setting:
        match(setting["env"], VARIABLE, at + ".env")
    elif "file" not in setting:
        wrong(at)
    if "file" in setting:
        found = FILE.fullmatch(setting["file"]) if isinstance(setting["file"], str) else None
        if not found or not is_path(found.group(1)) or (found.group(2) is None) != ("env" in setting):
            wrong(at + ".file")
    if "generate" in setting and (setting["generate"], setting["type"]) != ("secret", "secret"):
        wrong(at + ".generate")
    if ("choices" in setting) != (setting["type"] == "choice"):
        wrong(at + ".choices")
    for choice in items(setting.get("choices", [""]), at + ".choices", 1, MAX_NAMES):
        match(choice, TEXT, at + ".choices")
    if "default" in setting:
        check_default(setting["default"], setting["type"], at + ".default")


def check_default(value, kind, at):
    if kind in ("bool", "flag"):
        if not isinstance(value, bool):
            wrong(at)
    elif kind == "int":
        integer(value, MAX_INTEGER, at, -MAX_INTEGER)
    elif kind == "list":
        for item in items(value, at, 0, MAX_NAMES):
            match(item, TEXT, at)
    elif kind == "secret":
        wrong(at)
    else:
        match(value, TEXT, at)


def check_variables(owners, at):
    named = [owner["env"] for owner in owners if "env" in owner]
    variables = [variable for env in named for variable in (env if isinstance(env, dict) else [env])]
    if not all(isinstance(variable, str) and VARIABLE.fullmatch(variable) for variable in variables):
        wrong(at)
    if len(set(variables)) != len(variables):
        raise Broken("%s puts two values into one variable" % at)
