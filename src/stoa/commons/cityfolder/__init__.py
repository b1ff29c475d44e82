# SPDX-License-Identifier: EUPL-1.2
"""A folder that describes a whole city: `city.toml` and the files of its departments, see the reference."""
