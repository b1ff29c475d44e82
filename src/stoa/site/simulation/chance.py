# SPDX-License-Identifier: EUPL-1.2
"""Chance that repeats: each part of the town draws from a stream of its own, none disturbs another."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def stream(seed: int, part: str) -> np.random.Generator:
    """The random numbers of one part of the town."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(part.encode())]))


class Noise:
    """A smooth random surface, about -1 to 1, that changes over `scale` metres."""

    def __init__(self, random: np.random.Generator, scale: float) -> None:
        self.scale = scale
        self.grid = random.uniform(-1.0, 1.0, (64, 64))

    def __call__(self, x: Floats, y: Floats) -> Floats:
        """Heights at places (metres), by cosine interpolation on a grid that repeats after 64 cells."""
        gx, gy = x / self.scale + 32.0, y / self.scale + 32.0
        ix, iy = np.floor(gx).astype(int), np.floor(gy).astype(int)
        fx, fy = (1 - np.cos(np.pi * (gx - ix))) / 2, (1 - np.cos(np.pi * (gy - iy))) / 2
        a, b = self.grid[ix % 64, iy % 64], self.grid[(ix + 1) % 64, iy % 64]
        c, d = self.grid[ix % 64, (iy + 1) % 64], self.grid[(ix + 1) % 64, (iy + 1) % 64]
        result: Floats = (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy
        return result
