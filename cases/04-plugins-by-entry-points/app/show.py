import json
from importlib.metadata import distributions

import till


def facts():
    names = [each.metadata["Name"] for each in distributions()]
    return {"plugins": till.list_plugins(), "distributions": sorted(name for name in names if name.startswith("till"))}


def main():
    print(json.dumps(facts()))


if __name__ == "__main__":
    main()
