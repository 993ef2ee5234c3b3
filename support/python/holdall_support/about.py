"""What an artifact says about itself: the call without arguments, and `--holdall inspect`."""

import os
import shlex

from .refusal import Refusal
from .settings import GENERATE_CONFIG, has_generate_config
from .targets import render_targets


def render_about(artifact):
    """For somebody who has the file and nothing else."""
    manifest = artifact.manifest
    plan = manifest["targets"][0]["plan"]
    commands = plan["commands"]
    call = shlex.quote(artifact.path if "/" in artifact.path else "./" + artifact.path)
    lines = ["%s %s" % (artifact.name, artifact.version), ""]
    own = {name: command for name, command in commands.items() if command["origin"] == "own"}
    added = {name: command for name, command in commands.items() if command["origin"] != "own" and name != "serve"}
    if has_generate_config(plan):
        added[GENERATE_CONFIG] = {"help": "print a settings file to start from"}
    processes = {name: {"help": ""} for name in plan["processes"] if name not in commands and name != "web"}
    for title, group in (("Commands", own), ("More commands", added), ("Processes", processes)):
        if group:
            lines += [title + ":", *render_commands(group), ""]
    if "serve" in commands:
        lines += [
            "Serve it on http://127.0.0.1:8000/, or elsewhere:",
            "  %s serve" % call,
            "  HOST=0.0.0.0 PORT=9000 %s serve" % call,
            "",
        ]
    lines += [
        "Data goes into the working directory.",
        "It serves %s." % render_targets(manifest["targets"]),
        *render_system_packages(manifest["targets"][0]["plan"]),
        "",
        "What is inside:  %s --holdall inspect" % call,
        "Is it whole:     %s --holdall verify" % call,
        "Its files:       %s --holdall unpack DIRECTORY" % call,
    ]
    return "\n".join(lines)


def render_system_packages(plan):
    packages = plan.get("systemPackages", {})
    named = ["%s (%s)" % (name, kind) for kind in sorted(packages) for name in packages[kind]]
    return ["It needs packages of the system: %s." % ", ".join(named)] if named else []


def render_commands(commands):
    width = max(len(name) for name in commands)
    return [("  %s  %s" % (name.ljust(width), commands[name]["help"])).rstrip() for name in sorted(commands)]


def render_facts(artifact):
    """The manifest's facts; `--json` has them all."""
    manifest = artifact.manifest
    lines = [
        "name       %s" % artifact.name,
        "version    %s" % artifact.version,
        "identity   %s" % artifact.identity,
        "made by    holdall %s" % manifest["holdall"],
    ]
    for target in manifest["targets"]:
        lines.append("target     %s, %d layers" % (render_targets([target]), len(target["layers"])))
    plans = [target["plan"] for target in manifest["targets"]]
    commands = {name for plan in plans for name in plan["commands"]}
    commands.update(GENERATE_CONFIG for plan in plans if has_generate_config(plan))
    lines.append("commands   %s" % (", ".join(sorted(commands)) or "none"))
    lines.append("")
    for layer in sorted(
        manifest["layers"].values(), key=lambda layer: (layer["kind"], layer["name"], layer["version"])
    ):
        lines.append(
            "%-12s %s %s: %d files, %s (%s in the artifact)"
            % (
                layer["kind"],
                layer["name"],
                layer["version"],
                layer["files"],
                render_size(layer["size"]),
                render_size(layer["transport"]["size"]),
            )
        )
    return "\n".join(lines)


def render_size(size):
    return "%.1f MB" % (size / 1e6) if size >= 1e5 else "%.1f kB" % (size / 1e3)


def verify(artifact):
    """Checks all of docs/artifact.md, the content of each layer included."""
    from .layer import check_nesting, check_program, read_entries
    from .manifest import member_of

    artifact.check()
    paths = {}
    for identity, layer in artifact.manifest["layers"].items():
        entries = read_entries(artifact.chunks(member_of(identity)), identity, layer)
        paths[identity] = [entry.path for entry, _ in entries]
    for target in artifact.manifest["targets"]:
        check_program(target, artifact.manifest["layers"], paths)
        check_nesting({path for identity in target["layers"] for path in paths[identity]})
    return "%s %s is whole: %d members, %d layers, identity %s" % (
        artifact.name,
        artifact.version,
        len(artifact.manifest["members"]) + 1,
        len(artifact.manifest["layers"]),
        artifact.identity,
    )


def render_wsgi_script(artifact):
    """For servers that want a script, such as Apache with mod_wsgi."""
    objects = artifact.manifest["targets"][0]["plan"]["objects"]
    names = sorted(name for name in objects if objects[name]["interface"] == "wsgi")
    if not names:
        raise Refusal(
            "it has no object for WSGI servers",
            "Use a server for the interface that `--holdall inspect --json` names.",
            "write a script for %s" % artifact.path,
        )
    path = os.path.abspath(artifact.path)
    return "import sys; sys.path.insert(0, %r)\nfrom holdall_app import %s as application" % (path, names[0])


def unpack(artifact, directory):
    """Writes the open artifact to a new directory."""
    artifact.check()
    os.mkdir(directory)
    for name in ("manifest.json", *artifact.manifest["members"]):
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            for chunk in artifact.chunks(name):
                file.write(chunk)
    with open(os.path.join(directory, "prefix"), "xb") as file:
        file.write(artifact.prefix())
    os.chmod(os.path.join(directory, "prefix"), 0o755)
