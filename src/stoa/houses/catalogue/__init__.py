# SPDX-License-Identifier: EUPL-1.2
"""The catalogue: which data the city has, how good it is, who may see it, and every version of it.

For departments that bring data in, stewards who publish it, and everybody who looks for it. A file becomes a
`Delivery` (read and inspected), a delivery becomes a `Version` of a `Dataset` (immutable, in the lake). What the
catalogue refuses to do: publish anything that nobody has looked at, and change a version once it exists.
"""
