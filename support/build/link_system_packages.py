"""Links modules of the host's packages into the private environment of a checkout, as a release has them. Standard input has one
JSON object:

    packages       the plan's `systemPackages`, or null
    prefix         directory of the virtual environment
    site_packages  where its modules are, relative to that

Prints, as JSON, null, or why there are no links: a reason and a hint. Started with -I -S -B, by the Python that the environment
was made for.
"""

import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "python"))

from holdall_support.refusal import Refusal
from holdall_support.system_packages import find_system_packages, plan_directory


def list_links(directory):
    return {
        os.path.join(parent, name): os.readlink(os.path.join(parent, name))
        for parent, directories, files in os.walk(directory)
        for name in directories + files
        if os.path.islink(os.path.join(parent, name))
    }


def make_links(prefix, site_packages, links):
    """What is right already is left alone: something may import from it now."""
    texts, planned = plan_directory(site_packages, links)
    wanted = {os.path.join(prefix, place): target for place, target in planned.items()}
    directory = os.path.join(prefix, os.path.dirname(site_packages), "system-packages")
    if list_links(directory) != wanted:
        shutil.rmtree(directory, ignore_errors=True)
        for path, target in wanted.items():
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.symlink(target, path)
    for place, text in texts.items():
        with open(os.path.join(prefix, place), "wb") as file:
            file.write(text)


def main():
    request = json.load(sys.stdin)
    links, refused = {}, None
    try:
        if request["packages"] is not None:
            links = find_system_packages({"systemPackages": request["packages"]}, dict(os.environ)).links
    except Refusal as refusal:
        refused = {"reason": refusal.reason, "hint": refusal.hint}
    make_links(request["prefix"], request["site_packages"], links)
    print(json.dumps(refused))


main()
