"""What a plugin's tests need: fixtures (a pytest plugin) and the conformance checks behind `pendopo check`."""
