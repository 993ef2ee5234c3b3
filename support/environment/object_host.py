"""Keeps one object of an application and answers calls on a unix socket: docs/objects.md has the frames.

    object_host.py SOCKET INTERFACE MODULE ATTRIBUTE IS_FACTORY

One connection is one call: a request, a web socket, or a call of a function. Who closes it early cancels the call. The
socket appears when the object is there.
"""

import functools
import importlib
import os
import sys

if __name__ == "__main__":
    del sys.path[0]  # the directory of this file: the application does not see it

HERE = os.path.dirname(os.path.abspath(__file__))


def load(module, attribute, is_factory):
    found = functools.reduce(getattr, attribute.split("."), importlib.import_module(module))
    if is_factory:
        found = found()
    if not callable(found):
        raise TypeError("%s:%s is a %s, which cannot be called" % (module, attribute, type(found).__name__))
    return found


def is_coroutine_function(found):
    import inspect

    return inspect.iscoroutinefunction(found)


def load_own(name):
    """A module beside this file, without putting it where the application's imports look."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("_holdall_" + name, os.path.join(HERE, name + ".py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main(path, interface, module, attribute, is_factory):
    load_own("object_frames")
    serve = load_own("object_asgi" if interface == "asgi" else "object_wsgi").serve
    found = load(module, attribute, is_factory == "yes")
    if interface == "python" and is_coroutine_function(found):
        serve = load_own("object_asgi").serve
    serve(found, interface, path)


if __name__ == "__main__":
    words = sys.argv[1:]
    del sys.argv[1:]  # they are not the application's
    main(*words)
