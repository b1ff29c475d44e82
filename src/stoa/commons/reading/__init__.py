# SPDX-License-Identifier: EUPL-1.2
"""Reading anything a municipality has, and saying plainly what was understood.

The path of a file: `formats/` opens it and offers plain tables (text cells, or typed Arrow columns) -> `rules/`
guess a recipe from the first rows, each guess with its reason -> `staging` reads the whole table by the recipe
into one typed Parquet file and counts what could not be read -> `rules/` judge the counts -> an `Inspection`.
With a recipe that somebody has agreed to, the same path reads next month's file the same way, or says how it
drifted. Nothing here knows a dataset, a city or a web page; the door is `door.py`.
"""
