# SPDX-License-Identifier: EUPL-1.2
"""What every house needs and none owns: cities, people, roles, audit, jobs, files, the lake, the readers."""
