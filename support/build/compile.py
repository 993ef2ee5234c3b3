"""Compiles the Python files of layers to bytecode that depends on nothing but the layer and the interpreter.

Started as `python -s -S -B compile.py` with an environment that holdall sets whole: the hash seed is fixed there, which
`-I` would ignore. Reads JSON lines `{"layer": PATH.tar.gz, "output": DIRECTORY, "part": K, "parts": N}` from standard
input and prints, for each, `{"layer": PATH, "compiled": N, "skipped": N}`.

Whether marshal writes an object or a reference to it depends on its reference count, so on whatever else the process
holds (before Python 3.13 or so). Therefore each part of a layer is compiled in a fork of its own, in the order of its
paths, and the parent does nothing in between that a child could see.
"""

import importlib.util
import itertools
import json
import marshal
import os
import sys
import warnings

from read_layer import read_layer

PARALLEL = len(os.sched_getaffinity(0))
ROOTS = ("site-packages/", "app/", "python/")
MAGIC = importlib.util.MAGIC_NUMBER
TAG = sys.implementation.cache_tag
UNCHECKED_HASH = (1).to_bytes(4, "little")  # PEP 552
# What compile() raises for files that are no Python of this version: templates, leftovers of Python 2.
NOT_PYTHON = (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError, UnicodeError)


def compile_part(layer, output, part, parts):
    """Those of the layer's sources whose number leaves `part` when divided by `parts`."""
    counts = {"layer": layer, "compiled": 0, "skipped": 0}
    sources = (entry for entry in read_layer(layer) if is_source(*entry[:2]))
    for path, _, _, source in itertools.islice(sources, part, None, parts):
        # importlib puts the real path in when it loads the file.
        relative = path.split("/", 1)[1]
        try:
            code = compile(source, relative, "exec", dont_inherit=True, optimize=0)
        except NOT_PYTHON:
            counts["skipped"] += 1
            continue
        directory, name = os.path.split(path)
        target = os.path.join(output, directory, "__pycache__")
        os.makedirs(target, exist_ok=True)
        with open(os.path.join(target, "%s.%s.pyc" % (name[:-3], TAG)), "wb") as file:
            file.write(MAGIC + UNCHECKED_HASH + importlib.util.source_hash(source) + marshal.dumps(code))
        counts["compiled"] += 1
    return counts


def is_source(path, kind):
    return kind == b"0" and path.endswith(".py") and path.startswith(ROOTS)


def run_child(job):
    """The whole life of a forked child."""
    status = 1
    try:
        sys.setrecursionlimit(10000)
        line = json.dumps(compile_part(job["layer"], job["output"], job["part"], job["parts"])) + "\n"
        os.write(1, line.encode())
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def main():
    warnings.simplefilter("ignore")  # about the code of others
    jobs = [json.loads(line) for line in sys.stdin]
    running = 0
    failed = False
    while jobs or running:
        if jobs and running < PARALLEL:
            job = jobs.pop(0)
            if os.fork() == 0:
                run_child(job)
            running += 1
            continue
        _, status = os.wait()
        failed = failed or status != 0
        running -= 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
