import importlib.resources
import multiprocessing
import os
import subprocess
import sys

VERSION = "1"


def child(queue):
    import late

    queue.put(late.VERSION)


def spawn():
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=child, args=(queue,))
    process.start()
    value = queue.get()
    process.join()
    return value


def read_all():
    """What is first looked for now: modules, resources, metadata, a child, a pickled function in another process."""
    import late
    import xml.dom.minidom
    from importlib.metadata import version

    text = importlib.resources.files("late_data").joinpath("value.txt").read_text()
    code = "import late, gunicorn; print(late.VERSION)"
    ran = subprocess.run(["python", "-c", code], stdout=subprocess.PIPE, check=True).stdout.decode()
    try:
        import never_there
    except ImportError:
        missing = "missing"
    found = [VERSION, late.VERSION, text.strip(), ran.strip(), spawn(), missing]
    return " ".join([*found, "metadata" if version("gunicorn") else "", xml.dom.minidom.__name__])


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [read_all().encode()]


def run():
    print(os.getpid(), flush=True)
    sys.stdin.readline()
    print(read_all(), flush=True)


if __name__ == "__main__":
    run()
