"""What targets serve, in words. src/artifact/render-targets.ts writes the same into the prefix."""


def render_targets(targets):
    """`Python 3.11 or 3.13 on x86_64 or aarch64 with glibc 2.17 or newer`"""
    machines = group(targets, lambda target: render_python(target["python"]))
    pythons = group(machines, lambda python: render_machines(machines[python]))
    return ", or ".join("Python %s%s" % (join_words(versions), where) for where, versions in pythons.items())


def render_python(python):
    plain = "cp" + python["version"].replace(".", "")
    return python["version"] if python["abi"] == plain else "%s (%s)" % (python["version"], python["abi"])


def render_machines(targets):
    if any("libc" not in target for target in targets):
        return ""  # all machines will do
    processors = group(targets, lambda target: "%s %s" % (target["libc"]["kind"], target["libc"]["floor"]))
    places = []
    for libc, those in processors.items():
        names = list(dict.fromkeys(target["processor"] for target in those))
        places.append(" on %s with %s or newer" % (join_words(names), libc))
    return ", or".join(places)


def join_words(words):
    return words[0] if len(words) == 1 else "%s or %s" % (", ".join(words[:-1]), words[-1])


def group(items, name):
    groups = {}
    for item in items:
        groups.setdefault(name(item), []).append(item)
    return groups
