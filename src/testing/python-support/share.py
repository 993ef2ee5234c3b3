"""Three portions shared with children, for src/artifact/sharing.test.ts: `python3 share.py SUPPORT DIRECTORY CASE`.

failing: children cannot do theirs. Prints what is left to this process.
killed: nobody ever ends. Each child writes a file named by its process id; the lock is on DIRECTORY/lock.
"""

import fcntl
import itertools
import os
import sys

support, directory, case = sys.argv[1:]
sys.path.insert(0, support)
from holdall_support import sharing  # noqa: E402

here = os.getpid()
lock = os.open(directory + "/lock", os.O_RDWR | os.O_CREAT)
fcntl.flock(lock, fcntl.LOCK_EX)


def fail(item):
    if os.getpid() != here and item != "good":
        raise OSError(28, "No space left on device")
    return item.upper()


def go_on(item):
    if os.getpid() != here:
        open("%s/%d" % (directory, os.getpid()), "x").close()
    for _ in sharing.while_parent_lives(itertools.count()):
        pass


portions = [["own", "second"], ["bad"], ["good"]]
done = sharing.share_with_children(portions, {"failing": fail, "killed": go_on}[case], directory, lambda: os.close(lock))
print(sorted(done.items()))
