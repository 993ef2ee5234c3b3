"""From the words of a call to what is done, and from what went wrong to a sentence and an exit status."""

import os
import sys

from .artifact import Artifact
from .refusal import Refusal

USAGE = (
    "Use `inspect`, `inspect --json`, `verify`, `path`, `wsgi-script`, `cache COMMAND`, `unpack DIRECTORY` or "
    "`unpack --venv DIRECTORY [--only dependencies|application]`."
)


class Call:
    """What is being done, for the sentence that says why it cannot be."""

    def __init__(self, path):
        self.action = "start %s" % path
        self.cache = None


def main(path, arguments):
    if None in (sys.stdin, sys.stdout, sys.stderr):
        fill_closed_streams()
    return answer(lambda call: run(call, path, arguments), path)


def fill_closed_streams():
    """A file that we open would get the number of a stream that the caller has closed. They are closed for the command."""
    free = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    while free <= 2:
        free = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    os.close(free)
    sys.stdout = sys.stdout or open(1, "w", closefd=False)
    sys.stderr = sys.stderr or open(2, "w", closefd=False)


def answer(run, path):
    """The exit status of `run`; what it raises is said."""
    call = Call(path)
    try:
        status = run(call)
        sys.stdout.flush()
        return status or 0
    except Refusal as refusal:
        return say(call, refusal)
    except BrokenPipeError:
        # The reader of our output has gone. Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except OSError as error:
        from .cache import explain

        refusal = explain(error, call.cache)
        if refusal is None:
            return show_defect()
        return say(call, refusal)
    except KeyboardInterrupt:
        import signal

        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except Exception:
        return show_defect()


def run(call, path, arguments):
    """The exit status, or None."""
    artifact = Artifact(path)
    call.action = "start %s %s" % (artifact.name, artifact.version)
    if not arguments:
        from .about import render_about

        print(render_about(artifact))
    elif arguments == ["generate-config"] and has_generate_config(artifact):
        from .settings import render_template

        print(render_template(artifact.name, artifact.manifest["targets"][0]["plan"]["settings"]))
    elif arguments[0] == "--holdall":
        return look_inside(call, artifact, arguments[1:])
    else:
        from .cache import find_cache
        from .start import start

        environment = dict(os.environ)
        call.cache = find_cache(environment).path
        start(artifact, arguments, environment)


def has_generate_config(artifact):
    from . import settings

    return settings.has_generate_config(artifact.manifest["targets"][0]["plan"])


def look_inside(call, artifact, arguments):
    from . import about

    if arguments == ["inspect"]:
        print(about.render_facts(artifact))
    elif arguments == ["inspect", "--json"]:
        sys.stdout.flush()
        sys.stdout.buffer.write(artifact.manifest_text + b"\n")
    elif arguments == ["verify"]:
        call.action = "verify %s" % artifact.path
        print(about.verify(artifact))
    elif arguments == ["path"]:
        from .start import ensure_release

        use_own_interpreter(artifact, arguments)
        print(ensure_release(call, artifact, dict(os.environ)))
    elif arguments[:1] == ["cache"]:
        from .cache_commands import look_after

        if arguments[1:2] == ["repair"]:
            use_own_interpreter(artifact, arguments)
        return look_after(call, arguments[1:], dict(os.environ), artifact)
    elif arguments == ["wsgi-script"]:
        print(about.render_wsgi_script(artifact))
    elif arguments[:1] == ["unpack"]:
        unpack(call, artifact, arguments[1:])
    else:
        refuse_words(arguments)


def unpack(call, artifact, arguments):
    if len(arguments) == 1 and not arguments[0].startswith("-"):
        from .about import unpack as write
    elif len(arguments) in (2, 4) and arguments[0] == "--venv" and arguments[2:3] in ([], ["--only"]):
        from .venv import PARTS, unpack_environment

        directory, part = arguments[1], (arguments[3:] or [None])[0]
        if part not in (None, *PARTS):
            refuse_words(["unpack", *arguments])
        use_own_interpreter(artifact, ["unpack", *arguments])

        def write(artifact, directory):
            unpack_environment(artifact, directory, part, dict(os.environ))

        arguments = [directory]
    else:
        refuse_words(["unpack", *arguments])
    call.action = "unpack %s to %s" % (artifact.path, arguments[0])
    try:
        write(artifact, arguments[0])
    except OSError as error:
        raise Refusal(error.strerror.lower(), "Name a new directory where there is room.") from error


def use_own_interpreter(artifact, arguments):
    """Where there is one inside, a release has no other: the prefix finds it, and comes back with it."""
    from .inside import has_interpreter, is_inside, start_by_prefix

    if has_interpreter(artifact.manifest) and not is_inside():
        start_by_prefix(artifact, ["--holdall", *arguments], dict(os.environ))


def refuse_words(arguments):
    words = " ".join(arguments) or "nothing"
    raise Refusal(
        "%s is not one of inspect, verify, path, wsgi-script, cache, unpack" % words, USAGE, "understand --holdall", 2
    )


def say(call, refusal):
    sys.stdout.flush()
    sys.stderr.write(render_refusal(call, refusal) + "\n")
    return refusal.status


def render_refusal(call, refusal):
    text = "cannot %s: %s\nhint: %s" % (refusal.action or call.action, refusal.reason, refusal.hint)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def show_defect():
    import traceback

    traceback.print_exc()
    sys.stderr.write("This is a defect of holdall, not of your application or of this system.\n")
    return 70
