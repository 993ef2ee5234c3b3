import json
import os
import sys

import burrow
import shared
import stable


def facts():
    # Without what another's server had, and the directory of a script that was started.
    paths = [os.path.relpath(path, sys.prefix) for path in sys.path if path.startswith(sys.prefix + os.sep)]
    order = [path.replace("lib/python%d.%d/" % sys.version_info[:2], "") for path in paths if path not in ("bin", "libexec")]
    return {
        "found": [burrow.name, stable.name, shared.name],
        "order": order,
        "hooked": sys.zebra_hooked,
    }


def main():
    print(json.dumps(facts()))


if __name__ == "__main__":
    main()
