name = "oak"
