import json
from pathlib import Path

import acme_cart.settings

BASE_DIR = Path(__file__).resolve().parent.parent


def tell():
    print(json.dumps({
        "base": str(BASE_DIR),
        "template": (BASE_DIR / "templates" / "page.html").read_text(),
        "cart": str(acme_cart.settings.BASE_DIR),
    }))
