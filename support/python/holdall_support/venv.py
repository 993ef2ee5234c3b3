"""`--holdall unpack --venv DIRECTORY`: a release as a plain directory that belongs to no cache."""

import os
import signal
import stat
import sys

from .cache import remove_tree
from .compose import make_release, plan_release
from .inside import find_interpreter
from .interpreter import choose_target
from .refusal import Refusal
from .start import read_modules
from .store import ensure_layers
from .system_packages import find_system_packages

PARTS = ("dependencies", "application")


class Workplace:
    """Beside the directory, so that its files can be moved there; it looks like a cache to who unpacks layers."""

    def __init__(self, directory):
        self.path = "%s/.%s.%s" % (os.path.dirname(directory), os.path.basename(directory), os.urandom(6).hex())
        self.layers = self.path + "/layers"
        self.release = self.path + "/release"

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # by way of __exit__
        self.umask = os.umask(0o022)  # who unpacks is often root, and who runs it is not
        os.mkdir(self.path, 0o700)
        os.mkdir(self.layers)
        os.mkdir(self.release, 0o755)
        return self

    def __exit__(self, *_):
        remove_tree(self.path)
        os.umask(self.umask)

    def close(self):
        """Nobody else knows of it: there is no lock."""


def unpack_environment(artifact, directory, part, environment):
    """Makes the new directory, or nothing. `part` is one of PARTS, or None for both: laid over one another, the parts
    are the whole.
    """
    directory = os.path.abspath(directory)
    if os.path.lexists(directory):
        raise Refusal("it is there already", "Name another place, or remove what is there.")
    interpreter = find_interpreter(artifact.manifest)
    target = choose_target(artifact.manifest["targets"], interpreter)
    packages = find_system_packages(target["plan"], environment)
    interpreter.enter(directory)
    artifact.check()
    with Workplace(directory) as place:
        layers = ensure_layers(artifact, target["layers"], place, place.path, may_fork=True)
        modules = read_modules(artifact)

        def plan(identities, plan):
            stored = [layers[identity] for identity in identities]
            release = plan_release(directory, interpreter, plan, stored, modules)
            release.add_system_modules(packages.links)
            return release

        release = plan(target["layers"], target["plan"])
        if part is not None:
            others = [identity for identity in target["layers"] if not is_own(artifact, identity)]
            dependencies = plan(others, {**target["plan"], "importPath": [], "scripts": {}})
            release = dependencies if part == "dependencies" else subtract(release, dependencies)
        make_release(release, place.release)
        make_writable(place.release)
        os.rename(place.release, directory)


def is_own(artifact, identity):
    """Whether a layer is of the application itself: its files, or the distribution that was built from it."""
    layer = artifact.manifest["layers"][identity]
    if "of" in layer:
        return is_own(artifact, layer["of"])
    return layer["kind"] == "application" or (layer["kind"] == "distribution" and layer["name"] == artifact.name)


def subtract(release, other):
    """What `release` has in another way than `other`."""
    for name in ("files", "links", "texts"):
        known = getattr(other, name)
        ours = getattr(release, name)
        setattr(release, name, {place: ours[place] for place in ours if ours[place] != known.get(place)})
    release.bytecode = [place for place in release.bytecode if place in release.texts]
    return release


def make_writable(root):
    """For its owner: unlike the files of a cache, these are shared with nothing."""
    for directory, _, names in os.walk(root):
        os.chmod(directory, 0o755)
        for path in (os.path.join(directory, name) for name in names):
            mode = os.lstat(path).st_mode
            if stat.S_ISREG(mode):
                os.chmod(path, stat.S_IMODE(mode) | stat.S_IWUSR)
