import json
import sys


def facts():
    return {
        "optimized": sys.flags.optimize,
        "development": bool(sys.flags.dev_mode),
        "unbuffered": sys.stdout.write_through,
        "warnings": [option for option in sys.warnoptions if option != "default"],
        "hash": hash("shop"),
    }


def main():
    print(json.dumps(facts()))


if __name__ == "__main__":
    main()
