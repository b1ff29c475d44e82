// SPDX-License-Identifier: EUPL-1.2
// Values of series in the notation of the reader, the same on tiles, in lists and on the map.
const language = document.documentElement.lang;
const whole = new Intl.NumberFormat(language, { useGrouping: "min2" });
const figure = new Intl.NumberFormat(language, { maximumSignificantDigits: 4, useGrouping: "min2" });

export const inNotation = (value) => (Number.isInteger(value) ? whole : figure).format(value).replace("-", "\u2212");

/** The event by which news of series reach whatever else on the page shows them; its detail is a list of news. */
export const NEWS = "stoa:news";
