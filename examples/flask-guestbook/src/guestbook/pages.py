from flask import Blueprint, redirect, render_template, request, url_for

from . import entries

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def book():
    return render_template("book.html", entries=entries.list_newest())


@blueprint.post("/")
def sign():
    name = request.form.get("name", "").strip()
    message = request.form.get("message", "").strip()
    if not name or not message:
        problem = "Please write your name and a message."
        return render_template("book.html", entries=entries.list_newest(), problem=problem), 400
    entries.add(name, message)
    return redirect(url_for("pages.book"), 303)


@blueprint.get("/health")
def health():
    return {"entries": entries.count()}
