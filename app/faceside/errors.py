"""The one error type of Faceside: a stable code for programs, a sentence for people.

try:
    await detect_all_faces("holiday.jpg")
except FacesideError as error:
    print(error.code, error)  # image-unreadable holiday.jpg is not a picture …
"""


class FacesideError(Exception):
    """An error a person can act on.

    Args:
        code: words joined by hyphens, such as ``image-unreadable``; never changes its meaning.
        message: one sentence that says what happened and what to do about it.
    """

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code

    def __reduce__(self):
        return type(self), (self.code, str(self))
