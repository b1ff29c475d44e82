# SPDX-License-Identifier: EUPL-1.2
"""Rights in words: permissions are codes, roles are sentences a clerk can read, a principal is who is asking."""
