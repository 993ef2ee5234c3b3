import cart


def main():
    print(cart.items)
