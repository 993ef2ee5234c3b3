import json
from importlib.metadata import version

import shared
import soup


def facts():
    return {"soup": [soup.Soup.__name__, version("beautiful-soup")], "size": shared.size}


def main():
    print(json.dumps(facts()))


if __name__ == "__main__":
    main()
