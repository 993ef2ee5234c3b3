import json
import os
import sys

import ledger
import ledger_more
import ledger_most


def tell():
    files = {}
    for name in ("etc/ledger/ledger.conf", "share/doc/ledger.txt", "ledger/table.txt"):
        with open(os.path.join(sys.prefix, name)) as file:
            files[name] = file.read()
    headers = [os.path.join(path, name) for path, _, names in os.walk(sys.prefix + "/include") for name in names]
    modules = [module.__file__ for module in (ledger, ledger_more, ledger_most)]
    print(json.dumps({"files": files, "modules": modules, "headers": headers, "prefix": sys.prefix}))
