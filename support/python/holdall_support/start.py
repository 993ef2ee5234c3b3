"""Starts a command with the release for this Python, which is made when there is none: docs/starting.md."""

import errno
import os
import re
import shutil
import sys

from . import ready
from .cache import TRIES, VANISHED, find_cache, persist, remove_tree
from .compose import UNTOUCHED, is_release_whole, make_release, plan_release
from .inside import find_interpreter, has_interpreter, is_inside, start_by_prefix
from .interpreter import choose_target
from .record import has_record, write_record
from .refusal import Refusal
from .settings import check_settings
from .store import ensure_layers
from .system_packages import find_system_packages
from .words import quote

MODULES = "release/"  # members that go into every release
NOTICE_BYTES = 8 << 20
VANISHES = "%s comes and goes while it is started"
FIND_OUT = "Find out what else changes that, and start it again."
READY = ".ready"  # beside a work directory: the ready file that is being written


class Start:
    """What a start is about: which artifact, for which interpreter, in which cache."""

    def __init__(self, artifact, cache, interpreter, target, packages):
        self.artifact = artifact
        self.cache = cache
        self.interpreter = interpreter
        self.target = target
        self.plan = target["plan"]
        self.layers = target["layers"]
        self.packages = packages
        name = interpreter.release_name(artifact.identity, packages.links)
        self.path = "%s/%s" % (cache.releases, name)
        interpreter.enter(self.path)
        self.ready = "%s/%s" % (cache.ready, name)
        self.used = "%s/%s" % (cache.used, name)
        self.test = self.render_test(self.ready)
        self.places = [self.ready]
        # The prefix comes back to the release of the Python that its own search finds, not to one named for this call.
        if sys._xoptions.get("holdall") in ("found", "inside"):
            self.places.append("%s/%s" % (cache.ready, artifact.identity))

    def render_test(self, door):
        return ready.render_test(
            self.path, self.interpreter, self.used, door, self.packages.marks, ready.find_boot()
        )

    def is_ready(self):
        """In this order for the same reason as in the ready file."""
        self.note_use()
        return os.path.isfile("%s/%s" % (self.path, UNTOUCHED)) and all(
            ready.is_ready(place, self.test) for place in self.places
        )

    def note_use(self):
        try:
            os.close(os.open(self.used, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644))
        except OSError:
            pass  # there is no cache yet, or it cannot be written


def plan_start(artifact, interpreter, environment):
    """Chooses target, cache and release, and checks all that can be checked before anything is written."""
    target = choose_target(artifact.manifest["targets"], interpreter)
    cache = find_cache(environment)
    cache.check(has_machine_code=target["processor"] != "any")
    packages = find_system_packages(target["plan"], environment)
    return Start(artifact, cache, interpreter, target, packages)


def ensure_release(call, artifact, environment):
    """The path of the release, which is made when there is none."""
    this = plan_start(artifact, find_interpreter(artifact.manifest), environment)
    call.cache = this.cache.path
    make_ready(this)
    return this.path


def make_ready(this, command=None, environment=None):
    """Makes the release when there is none, and looks whether the command can be run, if one is named. Returns the text of
    the ready file when it cannot be written.
    """

    def make():
        text = None if this.is_ready() else prepare(this)
        if command is not None:
            check_command(this, command, environment)
        return text

    try:
        return persist(make)
    except OSError as error:
        if error.errno in VANISHED:
            raise Refusal(VANISHES % (error.filename2 or error.filename), FIND_OUT) from error
        raise


def start(artifact, arguments, environment):
    """Replaces this process."""
    if has_interpreter(artifact.manifest) and not is_inside():
        sys.stdout.flush()
        restore_process(environment)
        start_by_prefix(artifact, arguments, environment)
    this = plan_start(artifact, find_interpreter(artifact.manifest), environment)
    check_settings(this.plan, environment)
    text = make_ready(this, arguments[0], environment)
    again = render_again(this)
    sys.stdout.flush()
    restore_process(environment)
    script = "[ ! -s {0} ] || command . {0}\n".format(quote(this.ready)) if text is None else text
    os.execve("/bin/sh", ["/bin/sh", "-c", script + again, artifact.program, *arguments], environment)


def render_again(this):
    """Words for `sh` where the ready file did nothing: somebody has taken it, or the release, just now. From the start."""
    times = int(sys._xoptions.get("holdall_again", 0)) + 1
    if times > TRIES:
        raise Refusal(VANISHES % this.path, FIND_OUT)
    options = {**sys._xoptions, "holdall_again": times}
    words = [sys.executable, "-I", "-S", "-B"]
    for name in sorted(options):
        if name.startswith("holdall"):
            words += ["-X", "%s=%s" % (name, options[name])]
    return 'exec %s "$@"' % " ".join(map(quote, [*words, this.artifact.path]))


def prepare(this):
    """Makes the release and its ready file. Returns the text of the latter when it cannot be written."""
    this.artifact.check()
    umask = os.umask(0o022)
    is_writable = this.cache.open()
    work = None
    try:
        if this.is_ready():
            return None  # another start was faster
        if is_writable:
            this.cache.remove_stale_work()
            work = this.cache.make_work_directory()
            notice(this)
        may_fork = this.interpreter.is_own_process
        layers = ensure_layers(this.artifact, this.layers, this.cache, work, may_fork)
        stored = [layers[identity] for identity in this.layers]
        modules = read_modules(this.artifact)
        release = plan_release(this.path, this.interpreter, this.plan, stored, modules)
        release.add_system_modules(this.packages.links)
        release.add_table()
        if not (has_record(this.path) and is_release_whole(release)):
            if not is_writable:
                raise OSError(errno.EROFS, "the cache cannot be written")
            place_release(this, release, work)
        if is_writable:
            os.chmod(this.path, 0o555)  # a start that was killed between renaming and this has left it writable
        # Without a ready file, nobody can ask for it: it is run as it is.
        test = this.test if is_writable else this.render_test(None)
        text = ready.render_ready(test, release, this.interpreter, this.plan)
        if not is_writable:
            return text
        this.note_use()
        write_ready(text, this.places, work)
        return None
    finally:
        if work is not None:
            for left in (work, work + READY):
                if os.path.lexists(left):
                    remove_tree(left)
        this.cache.close()
        os.umask(umask)


def notice(this):
    manifest = this.artifact.manifest
    missing = sum(
        manifest["layers"][identity]["size"]
        for identity in this.layers
        if not os.path.isdir(os.path.join(this.cache.layers, identity[len("sha256:") :]))
    )
    if missing >= NOTICE_BYTES and sys.stderr is not None and sys.stderr.isatty():
        print("preparing %s %s ..." % (this.artifact.name, this.artifact.version), file=sys.stderr)


def read_modules(artifact):
    names = [name for name in artifact.manifest["members"] if name.startswith(MODULES)]
    return {name[len(MODULES) :]: artifact.read(name) for name in names}


def place_release(this, release, work):
    fresh = os.path.join(work, "release")
    os.mkdir(fresh, 0o755)
    make_release(release, fresh)
    write_record(fresh, release, this.artifact, this.target)
    if os.path.lexists(release.path):
        # It is not whole, or was made in another boot. A directory that is read-only cannot be moved.
        if os.path.isdir(release.path):
            os.chmod(release.path, 0o755)
        os.rename(release.path, os.path.join(work, "replaced"))
    os.rename(fresh, release.path)


def write_ready(text, places, work):
    """The last rename is the last change: a start that is killed before it is followed by a cold one, which clears up."""
    fresh = work + READY
    for place in places:
        with open(fresh, "xb") as file:
            file.write(os.fsencode(text))
        if place == places[-1]:
            remove_tree(work)
        os.rename(fresh, place)


def check_command(this, name, environment):
    """Whether the ready file will know it; what else is wrong is said here, where there is room to say it well."""
    scripts = os.listdir(this.path + "/bin")
    command = this.plan["commands"].get(name) or this.plan["processes"].get(name)
    action = "run %s" % name
    if command is None and name in scripts and "/" not in name:
        return
    if command is None:
        raise find_near_miss(this, name, [*this.plan["commands"], *this.plan["processes"], *scripts])
    if "argv" not in command:
        reason = "it is a command of kind %s, which an artifact on its own does not run" % command["kind"]
        raise Refusal(reason, "Run it with holdall: `holdall run FILE %s`." % name, action)
    program = command["argv"][0]
    if not re.fullmatch(r"python[0-9.]*", program) and program not in scripts and "{" not in program:
        if shutil.which(program, path=environment.get("PATH") or "/usr/local/bin:/usr/bin:/bin") is None:
            raise Refusal("%s is neither in the artifact nor in PATH" % program, "Install it on this system.", action)


def find_near_miss(this, name, names):
    import difflib

    near = difflib.get_close_matches(name, names, 1)
    hint = "Did you mean `%s`? " % near[0] if near else ""
    return Refusal(
        "%s %s has no command of that name" % (this.artifact.name, this.artifact.version),
        hint + "Start it without arguments to see its commands.",
        "run %s" % name,
        2,
    )


def restore_process(environment):
    """Undoes what Python did to this process, so that the command cannot tell a first start from others."""
    import signal

    # As the prefix was started; a Python that was started without it cannot know.
    ignored = int(sys._xoptions.get("holdall_ignored") or "0", 16)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_IGN if ignored >> (number - 1) & 1 else signal.SIG_DFL)
    # In the C locale, Python puts LC_CTYPE into its own environment (PEP 538).
    try:
        with open("/proc/self/environ", "rb") as file:
            if not any(line.startswith(b"LC_CTYPE=") for line in file.read().split(b"\0")):
                environment.pop("LC_CTYPE", None)
    except OSError:
        pass
