"""The set-up, one step a module; each is run as `python -m tools.STEP` by the Makefile."""
