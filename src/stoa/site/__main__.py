# SPDX-License-Identifier: EUPL-1.2
"""`python -m stoa.site` is the `stoa` command."""

import sys

from stoa.site.cli import main

sys.exit(main())
