# SPDX-License-Identifier: EUPL-1.2
"""RDF 1.1 written block by block in Turtle, RDF/XML and JSON-LD, so that a graph of any size streams in bounded memory."""
