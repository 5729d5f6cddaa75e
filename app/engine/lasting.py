"""What stays for long is taken out of the sight of Python's garbage collector, which would look
through all of it again and again: with 100,000 people for half a second each time, in which no
frame of the camera is answered."""

import gc

MANY = 5000  # samples; fewer are looked through in no time


def settle(samples: int) -> None:
    """Have everything there is now stay unsearched, where so many samples have been read; what is
    no longer used is given back all the same."""
    if samples >= MANY:
        gc.collect()
        gc.freeze()
