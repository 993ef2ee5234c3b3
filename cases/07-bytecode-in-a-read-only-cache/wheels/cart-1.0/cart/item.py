class Item:
    price = 3
