import io
import os
import unittest
from datetime import timedelta

from helpdesk import mail, pages, tickets
from helpdesk.duration import parse_duration
from helpdesk.jobs import choose_topic, find_topic
from tests import make_tables

MESSAGE = b"""Subject: =?utf-8?q?M=C3=BChle?=
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

It is broken.
--b
Content-Disposition: attachment; filename=log.txt

a line
--b--
"""


class Parsing(unittest.TestCase):
    def test_durations(self):
        self.assertEqual(parse_duration("250ms"), timedelta(milliseconds=250))
        self.assertEqual(parse_duration("2d"), timedelta(days=2))

    def test_topic(self):
        self.assertEqual(choose_topic("The printer! My printer is on fire"), "printer")
        self.assertIsNone(choose_topic("a b c"))

    def test_mail(self):
        subject, text, attachments = mail.read_ticket(io.BytesIO(MESSAGE))
        self.assertEqual((subject, text.strip()), ("Mühle", "It is broken."))
        self.assertEqual(attachments, [("log.txt", b"a line")])


class Tickets(unittest.TestCase):
    def setUp(self):
        make_tables()

    def test_a_ticket_from_a_page(self):
        client = pages.create_app().test_client()
        form = {"author": "Ada", "subject": "Lamp", "text": "A lamp is out", "files": (io.BytesIO(b"x"), "a.txt")}
        answer = client.post("/tickets", data=form)
        self.assertEqual((answer.status_code, answer.location), (303, "/tickets/1"))
        self.assertIn("a.txt", client.get("/tickets/1").text)
        with client.get("/attachments/1") as attachment:
            self.assertEqual(attachment.data, b"x")
        self.assertIn('value="Ada"', client.get("/").text)
        self.assertEqual(client.post("/tickets", data={"author": "Ada"}).status_code, 400)

    def test_the_worker_finds_the_topic(self):
        number = tickets.open_ticket("Ada", "Lamp", "the lamp is out")
        find_topic(number)
        self.assertEqual(tickets.find_ticket(number)["topic"], "lamp")

    def test_late_tickets(self):
        tickets.open_ticket("Ada", "Lamp", "")
        self.assertEqual(tickets.mark_late(), [])
        os.environ["ANSWER_WITHIN"] = "0s"
        self.addCleanup(os.environ.__setitem__, "ANSWER_WITHIN", "2d")
        self.assertEqual((tickets.mark_late(), tickets.mark_late()), ([1], []))
