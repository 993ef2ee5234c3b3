from importlib.metadata import entry_points


def list_plugins():
    try:
        found = entry_points(group="till.payments")
    except TypeError:  # before Python 3.10
        found = entry_points().get("till.payments", [])
    return [(each.name, each.load()()) for each in found]
