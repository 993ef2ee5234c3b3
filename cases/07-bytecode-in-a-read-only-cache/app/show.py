import json

import cart


def facts():
    return cart.Item.price


def main():
    print(json.dumps(facts()))


if __name__ == "__main__":
    main()
