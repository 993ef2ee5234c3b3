"""The ready file: what the prefix sources instead of looking further. It is also how this program starts a command, so
there is one description of how that is done.
"""

import os
import re

from . import settings
from .compose import UNTOUCHED
from .record import seal
from .words import quote

BOOT_ID = "/proc/sys/kernel/random/boot_id"
# Found by the release's Python instead of its own modules, or only meant for the launcher. What users set for the
# application itself (PYTHONUNBUFFERED, PYTHONHASHSEED, ...) stays.
NOT_INHERITED = "PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONPLATLIBDIR __PYVENV_LAUNCHER__ HOLDALL_PYTHON"
PYTHON = '"$holdall_release"/bin/python'
# What gunicorn has to know to start the file again, which may be another one by then. Python hands no such option on to
# its children, as it would a variable: how many words were added to which command of what.
CALL = ' -X "holdall_call=$#/"%s"/$%s"'
PIECE = re.compile(r"\{\{|\}\}|\{app\}|\{host\}:|\{host\}|\{port\}|[^{}]+")
MEANINGS = {
    "{{": "'{'",
    "}}": "'}'",
    "{app}": '"$holdall_release/app"',
    "{host}:": '"$holdall_host":',
    "{host}": '"${HOST:-127.0.0.1}"',
    "{port}": '"${PORT:-8000}"',
}
# RFC 3986, 3.2.2: before a colon, an address that has some itself is in brackets.
IN_BRACKETS = (
    "holdall_host=${HOST:-127.0.0.1}\n"
    "      case $holdall_host in *:*) holdall_host=[$holdall_host] ;; esac\n"
    "      "
)


def find_boot():
    """Identity of this boot of the machine; empty where /proc is not mounted."""
    try:
        with open(BOOT_ID) as file:
            return file.read().strip()
    except OSError:
        return ""


def render_ready(test, release, interpreter, plan):
    """Text for a POSIX shell with the arguments of the call: it replaces the shell, or does nothing."""
    return seal(
        "%s%s  %scase $1 in\n%s  esac\nfi\n"
        % (
            test,
            render_enter(interpreter, plan),
            settings.render_test(plan),
            "".join(render_arms(release.list_programs(), plan, interpreter)),
        )
    )


def render_test(path, interpreter, used, door, marks, boot):
    """The start of a ready file; one that starts differently is for another release, interpreter or boot.

    `used` is the file whose time is that of the last start; `door`, unless it is None, a ready file, which prune empties;
    `marks` are files of the host that have to be there. The order matters: prune closes the door, and then looks whether
    `used` has come back.
    """
    return (
        "holdall_release=%s\n"
        "holdall_boot=\n"
        # `true`, as a redirection that fails ends the shell when the command is a special one such as `:`.
        # After a crash of the machine, files that were not synced may be empty: the cold path looks at each.
        "{ true >|%s; read -r holdall_boot <%s; } 2>/dev/null\n"
        'if [ "$holdall_boot" = %s ] && %s && [ -f "$holdall_release/%s" ]%s; then\n'
    ) % (
        quote(path),
        quote(used),
        BOOT_ID,
        quote(boot),
        render_interpreter_test(interpreter),
        UNTOUCHED,
        ("" if door is None else " &&\n  [ -s %s ]" % quote(door))
        + "".join(" &&\n  [ -e %s ]" % quote(mark) for mark in marks),
    )


def render_interpreter_test(interpreter):
    path = quote(interpreter.path)
    if interpreter.minor in os.path.basename(interpreter.path):
        return "[ -x %s ]" % path
    # `python3`, say, may become another minor version, which finds nothing in this release. Rare, so it may fork.
    return '[ -x %s ] && [ "$(%s -V 2>/dev/null)" = "Python %s" ]' % (path, path, interpreter.version)


# Where the application's files are, which may not be written: its data stay where the caller is.
IN_APPLICATION = (
    "    case $0 in /*) holdall_called=$0 ;; *) holdall_called=$PWD/$0 ;; esac\n"
    "    STATE_DIRECTORY=${STATE_DIRECTORY:-$PWD}\n"
    "    export STATE_DIRECTORY\n"
    '    cd "$holdall_release/app"\n'
)


def render_enter(interpreter, plan):
    # The loader finds libraries beside the program; without /proc it has to be told where that is, ld.so(8).
    origin = (
        "    [ -e /proc/self/exe ] || { LD_ORIGIN_PATH=$holdall_release/python/bin && export LD_ORIGIN_PATH; }\n"
        if interpreter.layer is not None
        else ""
    )
    return (
        "  holdall_enter() {\n"
        "    unset %s\n"
        "    PATH=$holdall_release/bin:${PATH:-/usr/local/bin:/usr/bin:/bin}\n"
        "    export PATH\n"
        "%s%s%s"
        "  }\n"
    ) % (
        NOT_INHERITED,
        origin,
        settings.render_defaults(plan),
        IN_APPLICATION if "workingDirectory" in plan else "",
    )


def render_arms(scripts, plan, interpreter):
    """One case for each command and process, then those for the programs of the release, which keep their own names."""
    for name, started in sorted({**plan["processes"], **plan["commands"]}.items()):
        if "argv" in started:
            call = CALL % (quote(name), "holdall_called" if "workingDirectory" in plan else "0")
            test, words = render_argv(started["argv"], scripts, call)
            host = IN_BRACKETS if any("{host}:" in PIECE.findall(word) for word in started["argv"]) else ""
            yield '    %s) %s%sshift && holdall_enter && exec %s "$@" ;;\n' % (quote(name), host, test, words)
    yield '    python | python3 | python%s) shift && holdall_enter && exec %s "$@" ;;\n' % (interpreter.minor, PYTHON)
    # The interpreter is named and not left to the script's first line: that is slower, and fails on a noexec cache.
    for place in sorted(set(scripts.values()), key=str):
        directory, option = place
        start = "".join(word + " " for word in (PYTHON, *option.split())) if directory else ""
        test = "" if directory else '[ -x "$holdall_script" ] && '
        names = [name for name in scripts if scripts[name] == place]
        yield (
            "    %s)\n      holdall_script=$holdall_release/%s/$1\n"
            '      %sshift && holdall_enter && exec %s"$holdall_script" "$@"\n      ;;\n'
        ) % (" | ".join(quote(name) for name in names), directory or "bin", test, start)


def render_argv(argv, scripts, call):
    """A test that may be empty, and the words for `exec`; `call` is for gunicorn."""
    program, *rest = argv
    words = [render_word(word) for word in rest]
    if re.fullmatch(r"python[0-9.]*", program):
        return "", " ".join([PYTHON + (call if rest[:2] == ["-m", "holdall_gunicorn"] else ""), *words])
    if program in scripts:
        directory, option = scripts[program]
        start = [PYTHON, *option.split()] if directory else []
        return "", " ".join([*start, in_release(directory or "bin", program), *words])
    # A failed exec ends the shell without a word; this way the cold path says what is missing.
    first = render_word(program)
    return "command -v %s >/dev/null 2>&1 && " % first, " ".join([first, *words])


def render_word(word):
    pieces = [MEANINGS.get(piece) or quote(piece) for piece in PIECE.findall(word)]
    return "".join(pieces) or "''"


def in_release(directory, name):
    return '"$holdall_release"/%s/%s' % (directory, quote(name))


def is_ready(path, start):
    """Whether a ready file of our own, in this boot, is for the release and interpreter that `start` is about."""
    try:
        with open(path, "rb") as file:
            is_own = os.fstat(file.fileno()).st_uid == os.geteuid()
            wanted = os.fsencode(start)
            return is_own and file.read(len(wanted)) == wanted
    except OSError:
        return False
