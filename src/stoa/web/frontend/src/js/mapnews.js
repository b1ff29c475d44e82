// SPDX-License-Identifier: EUPL-1.2
// News of series on the map: the value beside its place changes, and the place has a ring for a moment. Nothing moves:
// whoever has asked for less motion gets no rings, and whoever holds the values gets no news at all.
import { NEWS, inNotation } from "./values.js";

const RINGED_MS = 8_000;
const CARD_EVERY_MS = 5_000;
const AGAIN_EVERY_MS = 30_000;
const MOST = 5_000;
const SEVERAL = -1;
const LETTERS = ["Atkinson Hyperlegible Next"];

/** What stands beside a place: a number with its unit; longer things are read in the card. */
function wordsOf({ result, unit, _several }) {
  if (_several) return "";
  if (typeof result === "number") return `${inNotation(result)}${unit ? `\u00a0${unit}` : ""}`;
  return typeof result === "string" && result.length <= 16 ? result : "";
}

/** Places as they came, ready to be drawn and to be found by their series. */
export function prepared(data) {
  const places = new Map();
  for (const { geometry } of data.features) places.set(String(geometry?.coordinates), (places.get(String(geometry?.coordinates)) ?? 0) + 1);
  for (const { geometry, properties } of data.features) {
    properties._row = properties.datastream;
    // One dot cannot have several colours, nor several values beside it: the card tells them all.
    properties._several = places.get(String(geometry?.coordinates)) > 1;
    if (properties._several) properties.property = SEVERAL;
    properties._words = wordsOf(properties);
  }
  return data;
}

/** The layers above the points: a ring around what is new, and the values. */
export function newsLayers(named) {
  return [
    {
      id: "fresh", type: "circle", source: "places", filter: [">", ["coalesce", ["get", "_fresh"], 0], 0],
      paint: { "circle-color": "rgba(0,0,0,0)", "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 6, 13, 10, 17, 15], "circle-stroke-color": named("--ink"), "circle-stroke-width": 2 },
    },
    {
      id: "values", type: "symbol", source: "places", minzoom: 11, filter: ["!=", ["coalesce", ["get", "_words"], ""], ""],
      layout: {
        "text-field": ["get", "_words"], "text-font": LETTERS, "text-size": ["interpolate", ["linear"], ["zoom"], 11, 12, 16, 15],
        "text-variable-anchor": ["bottom", "top", "left", "right"], "text-radial-offset": 1.15, "text-padding": 3,
      },
      paint: { "text-color": named("--ink"), "text-halo-color": named("--paper"), "text-halo-width": 2 },
    },
    {
      // Not to be seen: it keeps the ground of each point free, so that no value is written over a neighbour.
      id: "kept-free", type: "symbol", source: "places", minzoom: 11,
      layout: { "text-field": "\u25cf", "text-font": LETTERS, "text-size": ["interpolate", ["linear"], ["zoom"], 11, 9, 16, 16], "text-padding": 0, "text-allow-overlap": true },
      paint: { "text-opacity": 0 },
    },
  ];
}

/** Listen for as long as the page is open. `fetchAgain` gives all places anew, `card` shows the chosen one again. */
export function followNews(map, data, fetchAgain, card) {
  const bySeries = new Map(data.features.map((feature) => [feature.properties.datastream, feature]));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let [cardAt, askedAt] = [0, Date.now()];
  const draw = () => map.getSource("places")?.setData(data);

  const takeAll = async () => {
    askedAt = Date.now();
    const found = prepared(await fetchAgain());
    data.features = found.features;
    bySeries.clear();
    for (const feature of found.features) bySeries.set(feature.properties.datastream, feature);
    draw();
  };
  document.addEventListener(NEWS, ({ detail }) => {
    const now = Date.now();
    const known = detail.filter((news) => bySeries.has(news.datastream));
    for (const news of known) {
      const { properties } = bySeries.get(news.datastream);
      if (Date.parse(properties.at) > Date.parse(news.at)) continue;
      Object.assign(properties, { at: news.at, quality: news.quality, _fresh: calm.matches ? 0 : now });
      if (!news.changed) properties.result = news.result;
      properties._words = wordsOf(properties);
    }
    if (known.length) draw();
    const things = new Set(known.map((news) => news.thing));
    if (now - cardAt > CARD_EVERY_MS && card.again(things)) cardAt = now;
    // A series that nobody knew when the page was loaded: a new place.
    if (known.length < detail.length && data.features.length < MOST && now - askedAt > AGAIN_EVERY_MS) takeAll().catch(() => {});
  });
  setInterval(() => {
    const old = data.features.filter(({ properties }) => properties._fresh && Date.now() - properties._fresh > RINGED_MS);
    for (const { properties } of old) properties._fresh = 0;
    if (old.length) draw();
  }, 2_000);
}
