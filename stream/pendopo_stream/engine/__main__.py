"""`python -m pendopo_stream.engine --home DIR`: the station's engine as a process of its own."""

import sys

from .process import main

sys.exit(main())
