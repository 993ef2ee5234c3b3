coins = 7
