import json

import acme
import acme.basket
import acme.cart
import acme.till


def main():
    modules = [acme.basket, acme.cart, acme.till]
    print(json.dumps({"parts": sorted(acme.__path__), "modules": [module.__name__ for module in modules]}))
