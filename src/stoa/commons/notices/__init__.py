# SPDX-License-Identifier: EUPL-1.2
"""Messages to people: on their desk and by mail, without personal data in logs or addresses."""
