"""Words for sh."""

import re


def quote(text):
    """One word for sh, whatever is in it."""
    return text if re.fullmatch(r"[A-Za-z0-9_/:.,@%+-]+", text) else "'%s'" % text.replace("'", "'\\''")
