"""Checks of values from outside; `at` is where one stands in the manifest, for the message."""

import re

from .refusal import Broken

# Parts that are not empty, `.` or `..`, and have no control character and no backslash.
PATH = re.compile(r"(?!/)(?:(?:^|/)(?!\.{1,2}(?:/|\Z))[^\x00-\x1f\x7f\\/]+)+")


def keys(value, at, required, optional=""):
    if not isinstance(value, dict):
        wrong(at)
    found, needed = set(value), set(required.split())
    if not needed <= found <= needed | set(optional.split()):
        wrong(at)


def mapping(value, at, limit=4096):
    if not isinstance(value, dict) or len(value) > limit:
        wrong(at)
    return value.items()


def items(value, at, least=0, limit=4096):
    if not isinstance(value, list) or not least <= len(value) <= limit:
        wrong(at)
    return value


def one_of(value, permitted, at):
    if not isinstance(value, str) or value not in permitted:
        wrong(at)


def match(value, pattern, at):
    if not isinstance(value, str) or not pattern.fullmatch(value):
        wrong(at)


def integer(value, limit, at, least=0):
    if type(value) is not int or not least <= value <= limit:
        wrong(at)


def wrong(at):
    raise Broken("%s of its manifest has a value that is not permitted" % at)


def is_path(path):
    """Whether a text is a relative path that docs/artifact.md permits in a layer."""
    return isinstance(path, str) and len(path) <= 4096 and PATH.fullmatch(path) is not None
