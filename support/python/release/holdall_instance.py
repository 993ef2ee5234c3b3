"""Keeps Flask's instance folder among the data. Imported by holdall_release where the release has Flask.

Flask puts it where the application's code lies, and Flask-SQLAlchemy the databases into it: in a release that would be
`var`, read-only, and after the next build another one.
"""

import os
import sys

RELEASE = sys.prefix


class FlaskFinder:
    """Finds Flask as the finders after it do, once, and changes it when it has been imported."""

    def find_spec(self, name, path=None, target=None):
        if name != "flask":
            return None
        sys.meta_path.remove(self)
        found = (finder.find_spec(name, path, target) for finder in sys.meta_path)
        spec = next((each for each in found if each is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module = follow(spec.loader.exec_module)
        return spec


def follow(exec_module):
    def exec_flask(module):
        exec_module(module)
        module.Flask.auto_find_instance_path = move(module.Flask.auto_find_instance_path)

    return exec_flask


def move(auto_find_instance_path):
    def find_instance_path(self):
        path = auto_find_instance_path(self)
        return os.path.join(os.getcwd(), "instance") if path.startswith(RELEASE + os.sep) else path

    return find_instance_path


sys.meta_path.insert(0, FlaskFinder())
