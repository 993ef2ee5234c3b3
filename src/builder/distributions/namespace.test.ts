import assert from "node:assert/strict";
import { test } from "node:test";
import { isNamespace } from "./namespace.ts";

const OPENERS = [
  '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n',
  "__path__ = __import__('pkgutil').extend_path(__path__, __name__)  # type: ignore\n",
  "__import__('pkg_resources').declare_namespace(__name__)  # pragma: no cover\n",
  '# -*- coding: utf-8 -*-\n"""\nA namespace; nothing = here\n"""\r\nfrom pkgutil import extend_path\r\n__path__: list[str] = extend_path(__path__, __name__)\r\n',
  "import pkgutil; __path__ = pkgutil.extend_path(__path__, __name__)",
  `# this is a namespace package
try:
    import pkg_resources
    pkg_resources.declare_namespace(__name__)
except ImportError:
    # not installed
    from pkgutil import extend_path
    __path__ = extend_path(__path__, __name__)
try:
    import modulefinder
except ImportError:
    pass
else:
    for p in __path__:
        modulefinder.AddPackagePath(__name__, p)
`,
];
const OPENER = OPENERS[0] ?? "";
const OTHERS = [
  "",
  "import pkgutil\n",
  `${OPENER}version = 3\n`,
  `from .core import Core\n${OPENER}`,
  `"""Text."""; version = 3\n${OPENER}`,
  "# __path__ = extend_path(__path__, __name__)\n",
  `${OPENER}${" ".repeat(4096)}`,
];

for (const text of OPENERS) {
  test(`only opens a namespace: ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.ok(isNamespace("site-packages/acme/__init__.py", Buffer.from(text)));
    assert.ok(!isNamespace("site-packages/acme.py", Buffer.from(text)));
  });
}

for (const text of OTHERS) {
  test(`is a module like others: ${JSON.stringify(text.trimEnd())}`, () => {
    assert.ok(!isNamespace("site-packages/acme/__init__.py", Buffer.from(text)));
  });
}
