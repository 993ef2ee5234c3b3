name = "mars"
