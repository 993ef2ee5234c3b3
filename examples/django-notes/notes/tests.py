from django.test import TestCase

from .models import Note


class NotesTest(TestCase):
    def test_a_note_that_is_sent_is_on_the_page(self) -> None:
        answer = self.client.post("/", {"title": "Packed lunch", "text": "In one box.", "color": Note.Color.SEA})
        self.assertRedirects(answer, "/")
        self.assertContains(self.client.get("/"), "Packed lunch")

    def test_each_note_is_drawn_as_a_card(self) -> None:
        note = Note.objects.create(title="Packed lunch")
        answer = self.client.get(f"/notes/{note.pk}/card.png")
        self.assertEqual(answer.headers["Content-Type"], "image/png")
        self.assertTrue(answer.content.startswith(b"\x89PNG"))
