"""`holdall cache` without an artifact: `look_after_cache.py COMMAND OPTIONS`, see docs/cache.md. An artifact has the same inside."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "python"))

from holdall_support.cache_commands import look_after
from holdall_support.main import answer

sys.exit(answer(lambda call: look_after(call, sys.argv[1:], dict(os.environ)), "the cache"))
