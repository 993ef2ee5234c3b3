import json
import os
import sys
import sysconfig


def tell():
    print(json.dumps({
        "prefixes": [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix],
        "paths": sys.path,
        "library": [os.__file__, json.__file__],
        "names": [value for value in sysconfig.get_config_vars().values() if isinstance(value, str)],
    }))
