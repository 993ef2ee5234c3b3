"""The pages of the helpdesk."""

import os
from pathlib import Path

from flask import Flask, abort, redirect, render_template, request, send_from_directory, session, url_for

from helpdesk import tickets


def create_app():
    app = Flask("helpdesk")
    app.secret_key = Path(os.environ["SECRET_KEY_FILE"]).read_text()
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["MAX_CONTENT_LENGTH"] = 10 * 1024 * 1024

    @app.context_processor
    def describe_page():
        return {"live": os.environ["HOLDALL_ADDRESS_LIVE"], "shows_age": os.environ["SHOW_AGE"] == "true"}

    @app.get("/")
    def index():
        return render_template("index.html", tickets=tickets.list_open(), author=session.get("author", ""))

    @app.post("/tickets")
    def open_ticket():
        author, subject = request.form.get("author", "").strip(), request.form.get("subject", "").strip()
        if not author or not subject:
            abort(400, "Please say who you are, and what this is about.")
        session["author"] = author
        files = [(file.filename, file.read()) for file in request.files.getlist("files") if file.filename]
        number = tickets.open_ticket(author, subject, request.form.get("text", ""), files)
        return redirect(url_for("show_ticket", number=number), 303)

    @app.get("/tickets/<int:number>")
    def show_ticket(number):
        return render_template("ticket.html", ticket=tickets.find_ticket(number) or abort(404))

    @app.post("/tickets/<int:number>/close")
    def close_ticket(number):
        tickets.close(number)
        return redirect(url_for("index"), 303)

    @app.get("/attachments/<int:number>")
    def send_attachment(number):
        found = tickets.find_attachment(number) or abort(404)
        place, stored_as = os.environ["UPLOADS_DIRECTORY"], str(found["stored_as"])
        return send_from_directory(place, stored_as, as_attachment=True, download_name=found["name"])

    @app.get("/health")
    def health():
        return tickets.describe()

    return app
