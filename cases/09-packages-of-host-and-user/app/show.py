import json
import sys
from importlib.metadata import version

import cart


def facts():
    return {"cart": [cart.origin, version("cart")], "customized": sorted(getattr(sys, "customized", []))}


def main():
    print(json.dumps(facts()))


if __name__ == "__main__":
    main()
