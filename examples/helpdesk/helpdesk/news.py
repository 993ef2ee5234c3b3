"""What happens to tickets: published in Redis by who does it, and told to browsers by `live`."""

import json
import os

from redis import Redis
from rq import Queue

CHANNEL = "tickets"


def tell(ticket_id, what):
    with Redis.from_url(os.environ["RQ_REDIS_URL"]) as redis:
        redis.publish(CHANNEL, json.dumps({"ticket": ticket_id, "what": what}))


def ask_worker(function, *arguments):
    """Runs a function, `module.name`, in the worker, soon."""
    with Redis.from_url(os.environ["RQ_REDIS_URL"]) as redis:
        Queue("tickets", connection=redis).enqueue(function, *arguments)
