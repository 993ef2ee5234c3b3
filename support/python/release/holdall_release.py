"""Imported by each Python process of a release, through holdall.pth, before any other code.

It ends the process when a Python inside does not run with its own standard library. What follows that never prints or
fails: it marks the release as in use, finds the system's certificates for a Python inside, keeps the working directory,
where an application's data is, off the import path, and Flask's instance folder in it.
"""

import os
import sys

PACKAGES = os.path.dirname(__file__)
RELEASE = os.path.dirname(os.path.dirname(os.path.dirname(PACKAGES)))  # lib/pythonX.Y/site-packages
INSIDE = RELEASE + "/python"


def check_python():
    """Where `home` in pyvenv.cfg is wrong or files have gone, Python silently takes the directory that it was built
    for, or a Python of the system: cpython#127440.
    """
    try:
        if os.path.samefile(sys.base_prefix, INSIDE):
            return
    except OSError:
        pass
    sys.stderr.write(
        "cannot start %s: its Python is inside, and found the standard library of %s\n"
        "hint: Run `--holdall cache repair` of the artifact, or make this directory again.\n" % (RELEASE, sys.base_prefix)
    )
    sys.stderr.flush()
    os._exit(1)


def mark_in_use():
    """Holds a shared flock on the release as long as this process, or one that it forked, lives.

    The lock belongs to the open file, and the mapping keeps that open: a daemon that closes all descriptors keeps its
    mark. Before Python 3.13 the mapping also keeps a descriptor, which programs that are started do not inherit.
    """
    import fcntl
    import mmap

    file = os.open(RELEASE + "/.in-use", os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        options = {"trackfd": False} if sys.version_info >= (3, 13) else {}
        return mmap.mmap(file, 1, mmap.MAP_SHARED, mmap.PROT_READ, **options)
    finally:
        os.close(file)


class WorkingDirectoryRemover:
    """`python -m` and `python -c` put the working directory first on sys.path, after this module was imported.

    The first search for a module after that comes by here and takes it away again. (PYTHONSAFEPATH would do it from
    3.11 on, but would also reach Pythons that have nothing to do with this release.)
    """

    def find_spec(self, name, path=None, target=None):
        if sys.path and (sys.path[0] == "" or sys.path[0] == self.directory):
            del sys.path[0]
            sys.meta_path.remove(self)
        return None

    def __init__(self):
        self.directory = os.getcwd()


def keep_working_directory_out():
    flags = sys.flags
    is_script = sys.argv[:1] not in (["-m"], ["-c"], [""], ["-"])
    if not (is_script or flags.isolated or getattr(flags, "safe_path", False)):
        sys.meta_path.insert(0, WorkingDirectoryRemover())


def use_table_at_first_import():
    """A process that imports nothing of the release does not pay for the table of its modules. Not in a foreign server."""
    from _frozen_importlib_external import FileFinder

    finder = sys.path_importer_cache[PACKAGES]
    if sys.prefix != RELEASE or type(finder) is not FileFinder:
        return
    hooks = sys.path_hooks[:]

    def find_spec(fullname, target=None):
        if fullname == "sitecustomize":  # `site` looks for it in every process
            return FileFinder.find_spec(finder, fullname, target)
        vars(finder).pop("find_spec", None)
        try:
            import holdall_table

            holdall_table.use_table(RELEASE, hooks)
        except Exception:  # there is no table in a checkout; Python finds its modules by itself
            pass
        return sys.path_importer_cache.get(PACKAGES, finder).find_spec(fullname, target)

    finder.find_spec = find_spec


# Where systems keep the certificates of authorities: Debian and its relatives, Fedora's, openSUSE, Alpine and the BSDs.
CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def find_certificates():
    """For a Python inside: its OpenSSL looks where the system that it was built on has them.

    What the user has set stays. Where the system has none, those that the application brings by certifi are taken.
    """
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        return
    for path in (*CERTIFICATES, PACKAGES + "/certifi/cacert.pem"):
        if os.access(path, os.R_OK):
            os.environ["SSL_CERT_FILE"] = path
            break


try:
    if os.path.isdir(INSIDE):
        check_python()
        find_certificates()
except Exception:  # then no server is trusted, as on any system without certificates
    pass
try:
    _mark = mark_in_use()
except Exception:  # no fcntl, no locks on this file system: the mark is a help, not a condition
    pass
try:
    keep_working_directory_out()
except Exception:  # a working directory that was deleted cannot be imported from either
    pass
try:
    if os.path.isdir(PACKAGES + "/flask"):
        import holdall_instance  # noqa: F401
except Exception:  # the folder is where Flask has it
    pass
try:
    use_table_at_first_import()
except Exception:  # Python finds its modules by itself
    pass
