"""Settings of an application that is started by itself: docs/environment.md, "Settings". Values come from the caller's
environment, what is not there has its default; nothing is generated, and no file is written.
"""

import re

from .refusal import Refusal
from .words import quote

GENERATE_CONFIG = "generate-config"
SHAPES = {
    "string": "text",
    "int": "a whole number",
    "bool": "true or false",
    "flag": "true or false",
    "url": "a URL",
    "duration": "a number with ms, s, m, h or d",
    "size": "a number with B, kB, MB, GB, KiB, MiB or GiB",
    "list": "values with commas between",
    "secret": "a secret",
}


def list_defaults(plan):
    """Variables with what they have when the caller has not set them; sorted."""
    settings = plan.get("settings", {}).values()
    return sorted(
        (setting["env"], render_value(setting["default"]))
        for setting in settings
        if "default" in setting and "env" in setting and "file" not in setting
    )


def list_required(plan):
    """Variables that the caller has to set; sorted. Where the value is in a file, the variable has its path."""
    return sorted(
        setting["env"]
        for setting in plan.get("settings", {}).values()
        if "env" in setting and (setting["isRequired"] or "generate" in setting) and "default" not in setting
    )


def check_settings(plan, environment):
    missing = [name for name in list_required(plan) if name not in environment]
    if missing:
        raise Refusal(
            "nobody has set %s" % ", ".join(missing),
            "Export %s; `%s` shows all settings." % ("it" if len(missing) == 1 else "them", GENERATE_CONFIG),
        )


def render_test(plan):
    """For the ready file: whether all that is required is there; empty, or ends with `&&`."""
    return "".join('[ -n "${%s+x}" ] && ' % name for name in list_required(plan))


def render_defaults(plan):
    return "".join(
        '    [ -n "${%s+x}" ] || { %s=%s && export %s; }\n' % (name, name, quote(value) or "''", name)
        for name, value in list_defaults(plan)
    )


def has_generate_config(plan):
    return "settings" in plan and GENERATE_CONFIG not in plan["commands"]


def render_template(application, settings):
    """A settings file to start from: the same text as src/environment/settings/template.ts makes for a checkout."""
    blocks = ["\n".join(render_block(name, setting)) for name, setting in settings.items()]
    return "# Settings of %s: NAME=value lines.\n\n%s" % (application, "\n\n".join(blocks))


def render_block(name, setting):
    if setting["help"]:
        yield "# %s" % setting["help"]
    choices = setting.get("choices")
    note = ""
    if setting["isRequired"]:
        note = "; required"
    elif "generate" in setting:
        note = "; where holdall runs it, generated when it is not set"
    yield "# %s%s" % ("one of %s" % ", ".join(choices) if choices else SHAPES[setting["type"]], note)
    # What goes into a file is named like its setting.
    variable = name.upper() if "file" in setting else setting["env"]
    value = quote_value(render_value(setting["default"])) if "default" in setting else ""
    yield "%s%s=%s" % ("" if setting["isRequired"] else "#", variable, value)


def render_value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list) else str(value)


def quote_value(text):
    if re.fullmatch(r"[\w@%+:,./{}-]*", text, re.ASCII):
        return text
    mark = next((each for each in "\"'`" if each not in text), '"')
    return mark + text + mark
