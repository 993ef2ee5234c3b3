name = "earth"
