import os
from importlib import resources

DIRECTORY = os.path.dirname(__file__)


def by_resources():
    try:
        return (resources.files(__name__) / "data" / "price.txt").read_text()
    except AttributeError:  # before Python 3.9
        return open(os.path.join(DIRECTORY, "data", "price.txt")).read()


def by_file():
    with open(os.path.join(DIRECTORY, "data", "price.txt")) as file:
        return file.read()
