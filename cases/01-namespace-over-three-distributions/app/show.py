import json

import acme
import acme.basket
import acme.cart
import acme.shop
import acme.till


def facts():
    parts = sorted("/".join(path.split("/")[-2:]) for path in acme.__path__)
    modules = [acme.basket, acme.cart, acme.shop, acme.till]
    return {"parts": parts, "modules": [module.__name__ for module in modules]}


def main():
    print(json.dumps(facts()))


if __name__ == "__main__":
    main()
