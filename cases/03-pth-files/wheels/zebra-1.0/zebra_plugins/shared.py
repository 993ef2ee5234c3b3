name = "zebra"
