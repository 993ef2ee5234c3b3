import importlib
import json
from importlib.metadata import files, version

NAMES = ["odd_empty_tag", "odd_no_tag", "odd_missing", "odd_unlisted", "odd_modes", "odd_name"]


def show(name):
    listed = [str(file) for file in files(name)]
    return {
        "x": importlib.import_module(name).x,
        "version": version(name),
        "modules": [path for path in listed if path.endswith(".py")],
    }


def main():
    print(json.dumps({name: show(name) for name in NAMES}))
