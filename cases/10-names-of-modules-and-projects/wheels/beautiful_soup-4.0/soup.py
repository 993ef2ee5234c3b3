class Soup: pass
