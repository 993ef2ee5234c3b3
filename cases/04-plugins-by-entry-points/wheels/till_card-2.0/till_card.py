def pay():
    return "by card"
