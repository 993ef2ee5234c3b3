name = "elm"
