import json
import os

import wanderer  # another working directory from here on
import labels
from jinja2 import Environment, PackageLoader


def facts():
    template = Environment(loader=PackageLoader("shop")).get_template("price.txt")
    return {
        "read": [labels.by_resources(), labels.by_file(), template.render(price=labels.by_file())],
        "directory": os.path.basename(os.getcwd()),
        "wanderer": os.path.isabs(wanderer.__file__),
    }


def main():
    print(json.dumps(facts()))


if __name__ == "__main__":
    main()
