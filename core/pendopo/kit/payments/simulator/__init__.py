"""A bank that is none: it makes codes, takes money that does not exist, and tells of it as real banks do, faults included."""
