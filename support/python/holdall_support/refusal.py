"""What users are told: the one kind of error that is not a defect."""


class Refusal(Exception):
    """`cannot <action>: <reason>` and what to do. Without an action of its own, it is what the user asked for."""

    def __init__(self, reason, hint, action=None, status=1):
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.action = action
        self.status = status


class Broken(Refusal):
    """The artifact is not what docs/artifact.md says."""

    def __init__(self, what):
        super().__init__("it is damaged: " + what, "Copy the file again.")
