origin = "the artifact"
