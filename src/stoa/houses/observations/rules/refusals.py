# SPDX-License-Identifier: EUPL-1.2
"""Why an observation was not taken, in three sentences for whoever runs the sensor. Codes are stable."""

from __future__ import annotations

from collections.abc import Mapping

from stoa.ground.problems import Problem
from stoa.ground.words import N_, Fact, Saying

_WORDS: dict[str, tuple[str, str, str]] = {
    "series_unknown": (
        N_("There is no such series here, or you may not know of it."),
        N_("An observation belongs to a series."),
        N_("Set up the series first, or correct its id."),
    ),
    "series_not_writable": (
        N_("You may not send observations for this series."),
        N_("Each series belongs to a department, and only its keys may write."),
        N_("Ask the department for a key, or use the key of the right one."),
    ),
    "feature_unknown": (
        N_("There is no such feature of interest here, or you may not know of it."),
        N_("An observation speaks of something that is there, in the same city."),
        N_("Send the id of a feature of this series, or make a new one."),
    ),
    "thing_unregistered": (
        N_("What is measured here stands in no register of this city yet."),
        N_("What measures in public space has to be registered first, so that everybody can look it up."),
        N_("Have the sensor entered in the sensor register with the id of its thing, and published."),
    ),
    "removal_not_allowed": (
        N_("You may not remove observations of this series."),
        N_("Each series belongs to a department, and only it may take observations away."),
        N_("Ask the department, or use a key that has the right."),
    ),
    "observation_unreadable": (
        N_("This is not an observation that can be read."),
        N_("Without a series and a result nobody knows what it says."),
        N_("Compare what is sent with the example in the documentation."),
    ),
    "result_missing": (
        N_("The result is missing."),
        N_("An observation without a result says nothing."),
        N_("Send a result, or send nothing at all when the sensor has none."),
    ),
    "result_not_finite": (
        N_("The result is no finite number."),
        N_("Averages over it would be worthless."),
        N_("Mend the sensor or its decoder; send nothing when there is no value."),
    ),
    "result_type_differs": (
        N_("The result is %(came)s, but the series holds results of the kind %(expected)s."),
        N_("Charts, averages and alarms rely on the kind."),
        N_("Send the declared kind, or change the series if it was declared wrongly."),
    ),
    "parts_differ": (
        N_("The result must be a list of %(expected)s values."),
        N_("Each place in the list belongs to one property."),
        N_("Send one value for each property, in their order."),
    ),
    "result_too_large": (
        N_("The result is too large: %(size)s bytes, %(most)s are taken."),
        N_("One observation must not slow down all others."),
        N_("Send a file as a dataset, and here only its address."),
    ),
    "result_unreadable": (
        N_("The result cannot be kept as JSON."),
        N_("Programs that read it could not either."),
        N_("Send plain JSON."),
    ),
    "too_many_members": (
        N_("The result has too many parts or is nested too deeply; %(most)s parts are taken."),
        N_("One observation must not slow down all others."),
        N_("Send one observation for each value, in a series of its own."),
    ),
    "text_unreadable": (
        N_("The text holds characters that no text has."),
        N_("It cannot be kept or shown."),
        N_("Correct the encoding; texts are UTF-8."),
    ),
    "time_unreadable": (
        N_("The time cannot be read: %(time)s"),
        N_("Without its time an observation cannot be placed."),
        N_("Write times as 2030-01-31T12:00:00Z."),
    ),
    "time_without_zone": (
        N_("The time has no time zone: %(time)s"),
        N_("It could mean different hours."),
        N_("Add Z for UTC, or the difference, such as +01:00."),
    ),
    "time_in_future": (
        N_("The time lies %(seconds)s seconds in the future."),
        N_("The clock of the device or its time zone is probably wrong."),
        N_("Set the clock. A forecast series says so in its properties: forecast true."),
    ),
    "time_absurd": (
        N_("The time lies before any measurement."),
        N_("The clock of the device is probably not set."),
        N_("Set the clock of the device."),
    ),
    "interval_reversed": (
        N_("The interval ends before it begins."),
        N_("Nobody could say when the result was so."),
        N_("Send begin/end in this order."),
    ),
    "unit_differs": (
        N_("The unit is %(unit)s, but the series is in %(expected)s."),
        N_("Nothing is converted silently: a mistake would stay hidden."),
        N_("Convert the values, or correct the unit of the series."),
    ),
    "quality_unknown": (
        N_("There is no quality flag %(quality)s."),
        N_("Flags are those of QARTOD: 1 good, 2 not judged, 3 doubtful, 4 bad, 9 missing."),
        N_("Send one of them, or none."),
    ),
    "device_unknown": (
        N_("There is no device with the address %(address)s."),
        N_("Nobody has said yet what it measures and where."),
        N_("Register the device; its next message will be taken."),
    ),
    "device_not_writable": (
        N_("This key may not send for the device %(address)s."),
        N_("Each device belongs to a department, and only its keys may send for it."),
        N_("Use a key of the right department."),
    ),
    "device_resting": (
        N_("The device %(name)s is not in use."),
        N_("Messages of devices that are out of use are put aside."),
        N_("Put it into use again if it should send."),
    ),
    "decoder_missing": (
        N_("Nobody has said how the messages of %(name)s are read."),
        N_("Bytes without a decoder are no values."),
        N_("Choose a decoder on the page of the device."),
    ),
    "payload_undecodable": (
        N_("The decoder cannot read this message: %(why)s"),
        N_("Guessed values would be worse than none."),
        N_("Check that the decoder belongs to the model and to its firmware."),
    ),
    "message_unreadable": (
        N_("The message cannot be read: %(why)s"),
        N_("Without a device and a payload nobody knows what it says."),
        N_("Compare what is sent with the example in the documentation."),
    ),
    "message_without_values": (
        N_("The message has none of the values that the recipe of %(name)s names."),
        N_("What no recipe names is not kept."),
        N_("Compare the message with the recipe on the page of the device."),
    ),
    "message_value_not_plain": (
        N_("What stands in the message where %(value)s is expected is no plain value."),
        N_("A list or a group of values cannot be one value."),
        N_("Let the recipe of the device say where exactly the value stands."),
    ),
    "message_too_large": (
        N_("The message is too large: %(size)s bytes, %(most)s are taken."),
        N_("One message must not slow down all others."),
        N_("Send fewer values at once."),
    ),
    "topic_unknown": (
        N_("Nothing is taken on the topic %(topic)s."),
        N_("The topic says where an observation belongs."),
        N_("Use a topic of the documentation."),
    ),
    "cell_unreadable": (
        N_("“%(cell)s” in row %(row)s is no value of its series."),
        N_("A guessed value would be worse than none."),
        N_("Mend the file, or say that this word means “no value”."),
    ),
    "time_never": (
        N_("The time %(time)s never was: the clocks were put forward in that hour."),
        N_("It cannot be said which moment is meant."),
        N_("Check whether the file tells winter time all year, or UTC."),
    ),
    "time_repeated": (
        N_("The file tells another value for the same series and time: %(time)s"),
        N_("Only one of them can be right."),
        N_("Mend the file; the first value was taken."),
    ),
    "link_by_http": (
        N_("Over MQTT an observation may bring a new feature of interest, and no other new entity."),
        N_("The sender would not learn whether it was made."),
        N_("Set it up over HTTP first and send its id."),
    ),
}

CODES = frozenset(f"observations.{name}" for name in _WORDS)


def problem_of(code: str, facts: Mapping[str, Fact]) -> Problem:
    """The problem in words; an unknown code is a defect of ours."""
    what, why, do = _WORDS[code.removeprefix("observations.")]
    return Problem(code, Saying(what, dict(facts)), Saying(why), Saying(do))
