// SPDX-License-Identifier: EUPL-1.2
// Small pieces shared by charts: SVG elements, round scales, the reader's notation.
const SVG = "http://www.w3.org/2000/svg";
export const language = document.documentElement.lang || "en";

/** An SVG element with attributes and children. */
export function mark(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Round values from at most `low` to at least `high`, about `wanted` of them. */
export function ticks(low, high, wanted) {
  const span = high - low || 1;
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999) ?? 10 * power;
  const values = [];
  for (let n = Math.floor(low / step + 1e-9); n * step < high + step * 0.999; n += 1) values.push(Number((n * step).toPrecision(12)));
  return values;
}

/** A straight scale from values to pixels. */
export function scale([low, high], [from, to]) {
  const factor = high === low ? 0 : (to - from) / (high - low);
  return (value) => from + (value - low) * factor;
}

const full = new Intl.NumberFormat(language, { maximumSignificantDigits: 6 });
const short = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 3 });

export const inFull = (value) => full.format(value);
/** As short as it can be said on an axis. */
export const inShort = (value) => (Math.abs(value) >= 10000 ? short.format(value) : full.format(value));

/** A date said as finely as its neighbours need it. */
export function dateWords(span) {
  const day = 86400000;
  const style = span > 900 * day ? { year: "numeric" }
    : span > 70 * day ? { month: "short", year: "numeric" }
      : span > 3 * day ? { day: "numeric", month: "short" }
        : { weekday: "short", hour: "2-digit", minute: "2-digit" };
  // Day before month, as in every date that the server writes.
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { ...style, timeZone: "UTC" });
  return (time) => format.format(time);
}
