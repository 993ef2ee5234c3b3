"""Compiles the program that travels in artifacts, so that a first start need not: docs/artifact.md, section 7.

Started as `python -s -S -B compile_support.py` with an environment that holdall sets whole. Reads a JSON object of names
and sources from standard input, writes one of names and base64 to standard output: `bytecode/ABI` with the modules of
the program, and `release/__pycache__/*.pyc` for those that go into each release. All in one order in a new process, as
what marshal writes depends on what else the process holds.
"""

import base64
import importlib.util
import json
import marshal
import sys

PROGRAM = "holdall_support/"
RELEASE = "release/"
UNCHECKED_HASH = (1).to_bytes(4, "little")  # PEP 552


def main():
    program = {}
    members = {}
    for name, source in sorted(json.load(sys.stdin).items()):
        if name.startswith(PROGRAM):
            # Without docstrings.
            program[name] = marshal.dumps(compile(source, name, "exec", dont_inherit=True, optimize=2))
        elif name.startswith(RELEASE):
            code = compile(source, name, "exec", dont_inherit=True, optimize=0)
            module = name[len(RELEASE) : -len(".py")]
            cached = "%s__pycache__/%s.%s.pyc" % (RELEASE, module, sys.implementation.cache_tag)
            digest = importlib.util.source_hash(source.encode())
            members[cached] = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + digest + marshal.dumps(code)
    abi = "cp%d%d%s" % (*sys.version_info[:2], sys.abiflags)
    members["bytecode/" + abi] = importlib.util.MAGIC_NUMBER + marshal.dumps(program)
    json.dump({name: base64.b64encode(content).decode() for name, content in members.items()}, sys.stdout)


main()
