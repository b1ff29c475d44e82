# SPDX-License-Identifier: EUPL-1.2
"""What common types of the Smart Data Models may say: our own short declarations of their attributes."""
