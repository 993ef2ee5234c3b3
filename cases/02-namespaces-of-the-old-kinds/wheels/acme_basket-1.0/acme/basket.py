name = "basket"
