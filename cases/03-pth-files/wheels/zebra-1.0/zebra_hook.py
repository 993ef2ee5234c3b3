import sys


def install():
    """As all that a .pth file calls, to be called again: `site` reads these files twice in a virtual environment."""
    sys.zebra_hooked = True
