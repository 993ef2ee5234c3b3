"""The scripts of a release: those that entry points ask for, and those of wheels, whose first line we write."""

import re

from .manifest import FUNCTION, SCRIPT
from .refusal import Broken

# Linux before 5.1 reads 127 bytes of a first line.
MAX_FIRST_LINE = 127
PLAIN = re.compile(rb"[A-Za-z0-9_./+@%=,~-]+")
COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")  # PEP 263


def render_entry_point(function, python):
    """A script that calls `module:function` and exits with its result."""
    module, _, attribute = function.partition(":")
    first = attribute.partition(".")[0]
    body = "import sys\n\nfrom %s import %s\n\nif __name__ == \"__main__\":\n    sys.exit(%s())\n" % (module, first, attribute)
    return render_start(python) + body.encode("utf-8")


def rewrite_script(script, python):
    """A script of a wheel, or None when its first line does not ask for the release's interpreter."""
    match = re.match(rb"#!python[w0-9.]*(?:[ \t]+([A-Za-z0-9=., -]*))?\r?(?:\n|$)", script)
    if match is None:
        return None
    rest = script[match.end() :]
    # Only a cookie in the first two lines counts, so it has to stay there.
    second = rest[: rest.find(b"\n") + 1]
    cookie = second if COOKIE.match(second) else b""
    return render_start(python, (match.group(1) or b"").strip(), cookie) + rest[len(cookie) :]


def render_start(python, options=b"", cookie=b""):
    path = python.encode("utf-8", "surrogateescape")
    line = b"#!" + path + (b" " + options if options else b"")
    if PLAIN.fullmatch(path) and len(line) <= MAX_FIRST_LINE:
        return line + b"\n" + cookie
    # sh reads `exec`, Python reads a text. So it may not have three quotes in a row, nor an escape of only one of the two.
    words = quote_for_both(path) + (b" " + options if options else b"")
    return b"#!/bin/sh\n" + cookie + b"'''exec' " + words + b" \"$0\" \"$@\"\n' '''\n"


def quote_for_both(path):
    parts = []
    for letter in path.decode("latin-1"):
        if letter in "\"$`":
            parts.append("'%s'" % letter)
        elif letter == "\\":
            parts.append('"\\\\"')
        else:
            parts.append('"%s"' % letter)
    # "a""b" is "ab" for both; what is left apart keeps single quotes from meeting.
    text = "".join(parts)
    return re.sub(r'(?<=[^"\'$`\\])""(?=[^"\'$`\\])', "", text).encode("latin-1")


def parse_entry_points(text):
    """Console and gui scripts of an entry_points.txt: name to `module:function`."""
    scripts = {}
    section = None
    for line in text.decode("utf-8", "replace").splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1].strip()
        elif line and line[0] not in "#;" and section in ("console_scripts", "gui_scripts"):
            name, _, value = line.partition("=")
            name = name.strip()
            function = re.sub(r"\s", "", value.partition("[")[0])
            if not SCRIPT.fullmatch(name) or not FUNCTION.fullmatch(function):
                raise Broken("a distribution asks for the script %r" % line)
            scripts[name] = function
    return scripts
