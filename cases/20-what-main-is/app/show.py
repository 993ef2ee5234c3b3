import json
import os
import sys


def facts():
    main = sys.modules["__main__"]
    below = os.path.realpath(sys.prefix) + os.sep

    def shorten(path):
        return os.path.realpath(path).replace(below, "") if os.sep in path else path

    return {
        "argv": [shorten(sys.argv[0]), *sys.argv[1:]],
        "path": shorten(sys.path[0]),
        "spec": main.__spec__ and main.__spec__.name,
        "package": main.__package__,
        "file": shorten(main.__file__),
    }


def main():
    print(json.dumps(facts()))


if __name__ == "__main__":
    main()
