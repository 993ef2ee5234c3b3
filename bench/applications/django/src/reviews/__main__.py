import os
import sys


def main():
    if sys.argv[1:] == ["nothing"]:
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews.settings")
    import django

    django.setup()
    from django.test import Client

    answer = Client().get("/")
    if answer.status_code != 200 or b"stars" not in answer.content:
        sys.exit(f"the page has status {answer.status_code}")


if __name__ == "__main__":
    main()
