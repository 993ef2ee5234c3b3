"""Prints, as JSON, what a start would say of system packages on this machine: null, or a reason and a hint, with the kind of
packages and the names that are lacking when it has a package manager.

Standard input has the plan's `systemPackages`. Started with -I -S -B.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "python"))

from holdall_support.package_managers import find_installed, find_package_manager
from holdall_support.refusal import Refusal


def list_lacking(packages):
    try:
        manager = find_package_manager(packages, dict(os.environ))
    except Refusal:
        return None, []
    installed = manager.find(packages[manager.kind])
    return manager.kind, [name for name in packages[manager.kind] if name not in installed]


packages = json.load(sys.stdin)
try:
    find_installed(packages, dict(os.environ))
    print("null")
except Refusal as refusal:
    kind, lacking = list_lacking(packages)
    print(json.dumps({"reason": refusal.reason, "hint": refusal.hint, "kind": kind, "lacking": lacking}))
