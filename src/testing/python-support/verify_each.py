"""Verifies artifacts with the reader that travels in them: `verify_each.py SUPPORT`, then a path on each line of input.

Answers each with a line: `whole`, or why it is refused, or `defect` and the error that should have been a refusal.
"""

import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])

from holdall_support.about import verify
from holdall_support.artifact import Artifact
from holdall_support.refusal import Refusal

for line in sys.stdin:
    try:
        verify(Artifact(line.rstrip("\n")))
        answer = "whole"
    except Refusal as refusal:
        answer = refusal.reason
    except BaseException as error:
        answer = "defect %r" % error
    print(answer.replace("\n", " "), flush=True)
