"""What the worker does."""

import re
from collections import Counter

from helpdesk import news, tickets


def find_topic(number):
    """The word that a ticket uses most often; the longest one of these."""
    ticket = tickets.find_ticket(number)
    topic = choose_topic(f"{ticket['subject']} {ticket['text']}")
    if topic:
        tickets.set_topic(number, topic)
        news.tell(number, f"is about {topic}")


def choose_topic(text):
    words = Counter(word for word in re.findall(r"[^\W\d_]+", text.lower()) if len(word) > 3)
    return max(words, key=lambda word: (words[word], len(word)), default=None)
