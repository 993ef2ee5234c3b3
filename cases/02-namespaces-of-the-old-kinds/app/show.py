import json

import acme.basket
import acme.cart
import acme.shop
import planets.earth
import planets.mars
import trees.elm
import trees.oak

MODULES = [acme.basket, acme.cart, acme.shop, planets.earth, planets.mars, trees.elm, trees.oak]


def facts():
    return {module.__name__: module.name for module in MODULES}


def main():
    print(json.dumps(facts()))


if __name__ == "__main__":
    main()
