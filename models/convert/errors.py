"""The error of the conversion: a stable code for programs, a sentence for people."""


class ConversionError(Exception):
    """A model cannot be built; the message says what happened and what to do.

    Args:
        code: lower-case words joined by hyphens, such as ``package-missing``.
        message: one sentence.
    """

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
