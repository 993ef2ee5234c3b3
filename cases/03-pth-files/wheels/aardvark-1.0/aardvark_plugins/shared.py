name = "aardvark"
