import json
import sys


def say():
    print(json.dumps(sys.argv[1:]))


if __name__ == "__main__":
    say()
