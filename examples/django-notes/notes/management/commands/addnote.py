from django.core.management.base import BaseCommand, CommandParser

from notes.models import Note


class Command(BaseCommand):
    help = "Adds a note."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("title")
        parser.add_argument("text", nargs="?", default="")

    def handle(self, *, title: str, text: str, **options: object) -> None:
        note = Note.objects.create(title=title, text=text)
        self.stdout.write(f"added note {note.pk}")
