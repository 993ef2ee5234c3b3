"""Prints, as JSON, what a start would say of system packages on this machine: null, or a reason and a hint.

Standard input has the plan's `systemPackages`. Started with -I -S -B.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "python"))

from holdall_support.package_managers import find_installed
from holdall_support.refusal import Refusal

try:
    find_installed(json.load(sys.stdin), dict(os.environ))
    print("null")
except Refusal as refusal:
    print(json.dumps({"reason": refusal.reason, "hint": refusal.hint}))
