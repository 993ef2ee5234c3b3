"""Takes any file into its working directory, as careless applications do. PUT saves, GET says who answers."""

import http
import os
import subprocess
import sys


def answer(method, path, body):
    if method == "PUT":
        with open(os.path.basename(path), "wb") as file:
            file.write(body)
        return b"saved"
    import select
    import xmlrpc.client  # not imported before the first request

    return b"%d %d %s %s" % (os.getpid(), os.getppid(), http.__file__.encode(), xmlrpc.client.__file__.encode())


def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    answered = answer(environ["REQUEST_METHOD"], environ["PATH_INFO"], body)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Connection", "close")])
    return [answered]


async def async_app(scope, receive, send):
    if scope["type"] != "http":
        return
    answered = answer(scope["method"], scope["path"], (await receive()).get("body", b""))
    headers = [(b"content-length", str(len(answered)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answered})


def report():
    import http.client

    code = "import http.client, uploads; print(http.client.__file__)"
    subprocess.run([sys.executable, "-c", code], check=True)
    print(http.client.__file__)


if __name__ == "__main__":
    report()
