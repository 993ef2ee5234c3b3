"""The scripts of a release: those that entry points ask for, and those of wheels, whose first line we write."""

import re

from .plan import FUNCTION, TYPED
from .refusal import Broken
from .words import quote

# Linux before 5.1 reads 127 bytes of a first line, and takes it apart at white space.
MAX_FIRST_LINE = 127
PLAIN = re.compile(r"[A-Za-z0-9_./+@%=,~-]+")
FIRST_LINE = re.compile(rb"#!python[w0-9.]*(?:[ \t]+([A-Za-z0-9=.,-]+))?[ \t]*\r?(?:\n|$)")


class Script:
    """A Python script of a release.

    Where a first line cannot name the interpreter, the script is split: a launcher in `bin` names it, and the script
    lies elsewhere. (One file for both sh and Python, as pip has it, breaks scripts with a docstring and an import from
    __future__, and those with an encoding in their second line.)
    """

    def __init__(self, body, option, python):
        first_line = "#!%s %s" % (python, option) if option else "#!" + python
        self.option = option
        self.is_split = not PLAIN.fullmatch(python) or len(first_line) > MAX_FIRST_LINE
        # It stays one line, so that the encoding may be named in the next one (PEP 263).
        self.text = (b"# called from bin" if self.is_split else first_line.encode("ascii")) + b"\n" + body
        self._start = " ".join(["exec", quote(python), option] if option else ["exec", quote(python)])

    def render_launcher(self, path):
        """For a script that is split, and lies at this absolute path."""
        text = '#!/bin/sh\n%s %s "$@"\n' % (self._start, quote(path))
        return text.encode("utf-8", "surrogateescape")


def make_entry_point(function, python):
    """A script that calls `module:function` and exits with its result."""
    module, _, attribute = function.partition(":")
    body = 'import sys\n\nfrom %s import %s\n\nif __name__ == "__main__":\n    sys.exit(%s())\n'
    return Script((body % (module, attribute.partition(".")[0], attribute)).encode("utf-8"), "", python)


def make_script(text, python):
    """A script of a wheel, or None when its first line does not ask for the release's interpreter."""
    match = FIRST_LINE.match(text)
    if match is None:
        return None
    return Script(text[match.end() :], (match.group(1) or b"").decode("ascii"), python)


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
            if not TYPED.fullmatch(name) or not FUNCTION.fullmatch(function):
                raise Broken("a distribution asks for the script %r" % line)
            scripts[name] = function
    return scripts
