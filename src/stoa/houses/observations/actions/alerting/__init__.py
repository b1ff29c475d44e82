# SPDX-License-Identifier: EUPL-1.2
"""What becomes of an alert: who is told, who takes it over, when it ends, and residents who want to be warned."""
