# SPDX-License-Identifier: EUPL-1.2
"""What can be decided about an entry from its declaration and its values alone. No Django, no clock."""
