"""What all suites share: a busy machine is no fault, so property tests have no deadline."""

from hypothesis import settings

settings.register_profile("pendopo", deadline=None)
settings.load_profile("pendopo")
