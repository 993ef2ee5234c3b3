import assert from "node:assert/strict";
import { test } from "node:test";
import { isKept, withoutBuildPlaces } from "./standard-library.ts";

const KEPT = [
  "json/decoder.py",
  "unittest/mock.py",
  "test_support.py",
  "lib2to3/Grammar.txt",
  "pydoc_data/topics.py",
  "encodings/idna.py",
  "wsgiref/types.py",
  "lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so",
  "lib-dynload/_xxsubinterpreters.cpython-311-x86_64-linux-gnu.so",
  "_sysconfigdata__linux_x86_64-linux-gnu.py",
  "venv/scripts/common/activate",
];

const LEFT_OUT = [
  "test/test_json.py",
  "unittest/test/test_case.py",
  "ctypes/test/__init__.py",
  "idlelib/idle.py",
  "tkinter/__init__.py",
  "turtle.py",
  "ensurepip/_bundled/pip-23.0.1-py3-none-any.whl",
  "site-packages/README.txt",
  "dist-packages/apt/__init__.py",
  "config-3.11-x86_64-linux-gnu/Makefile",
  "config-3.11-x86_64-linux-gnu/libpython3.11.a",
  "json/__pycache__/decoder.cpython-311.pyc",
  "lib2to3/Grammar3.11.2.final.0.pickle",
  "EXTERNALLY-MANAGED",
  "sitecustomize.py",
  "lib-dynload/_tkinter.cpython-311-x86_64-linux-gnu.so",
  "lib-dynload/nis.cpython-311-x86_64-linux-gnu.so",
  "lib-dynload/readline.cpython-311-x86_64-linux-gnu.so",
  "lib-dynload/_testcapi.cpython-311-x86_64-linux-gnu.so",
];

test("an interpreter inside has what applications import, and not what only its makers need", () => {
  assert.deepEqual(KEPT.filter(isKept), KEPT);
  assert.deepEqual(LEFT_OUT.filter(isKept), []);
});

test("the configuration that it remembers names no place of the machine that built it", () => {
  const text = [
    "build_time_vars = {'abs_builddir': '/tmp/build.1/Python-3.12.1',",
    " 'LIBDIR': '/home/me/pythons/3.12/lib', 'RUNSHARED': 'LD_LIBRARY_PATH=/tmp/build.1/Python-3.12.1',",
    " 'CC': 'gcc -pthread'}",
  ].join("\n");
  const changed = withoutBuildPlaces(text, "/home/me/pythons/3.12");
  assert.doesNotMatch(changed, /\/tmp|\/home/);
  assert.match(changed, /'LIBDIR': '\/usr\/local\/lib'.*\n 'CC': 'gcc -pthread'/);
  assert.equal(withoutBuildPlaces("'LIBDIR': '/usr/lib'", "/usr"), "'LIBDIR': '/usr/lib'");
});
