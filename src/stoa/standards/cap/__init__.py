# SPDX-License-Identifier: EUPL-1.2
"""OASIS Common Alerting Protocol 1.2 (1 July 2010): warnings as XML, written and read back strictly."""
