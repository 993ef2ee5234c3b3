from flask import Flask, render_template, request

BOOKMARKS = [
    ("https://www.python.org/", "Python"),
    ("https://flask.palletsprojects.com/", "Flask"),
]

app = Flask(__name__)


@app.get("/")
def index():
    wanted = request.args.get("q", "").lower()
    found = [(url, name) for url, name in BOOKMARKS if wanted in name.lower()]
    return render_template("index.html", bookmarks=found)
