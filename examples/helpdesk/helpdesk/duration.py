"""Durations as settings have them: `250ms`, `30s`, `2d`."""

import os
from datetime import timedelta

UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text):
    number = text.rstrip("msdh")
    return timedelta(**{UNITS[text[len(number) :]]: int(number)})


def read_duration(variable):
    return parse_duration(os.environ[variable])
