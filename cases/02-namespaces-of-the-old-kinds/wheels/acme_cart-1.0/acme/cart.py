name = "cart"
