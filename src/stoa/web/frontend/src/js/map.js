// SPDX-License-Identifier: EUPL-1.2
// The map loads when it comes near the screen. It asks no other host than ours.
import { describe } from "./place.js";
import { styleOf } from "./mapstyle.js";
import { followNews, prepared } from "./mapnews.js";

/* global WORKER_FILE */
const workerUrl = () => new URL(WORKER_FILE, import.meta.url).href;

export function enhance(figure) {
  const state = figure.querySelector(".map-state");
  if (!canDraw()) {
    state.textContent = state.dataset.noWebgl;
    return;
  }
  state.textContent = state.dataset.loading;
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    near.disconnect();
    start(figure, state).catch(() => { state.textContent = state.dataset.failed; });
  }, { rootMargin: "400px" });
  near.observe(figure);
}

function canDraw() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

async function start(figure, state) {
  const config = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const [library, data] = await Promise.all([import("maplibre-gl"), config.geojson ? places(config) : null]);
  library.setWorkerUrl(workerUrl());
  const bounds = config.bounds ?? (data && boundsOf(data));
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const map = new library.Map({
    container: figure.querySelector(".map-view"),
    style: styleOf(figure, config, data),
    bounds: bounds ?? [-25, 34, 45, 71],
    fitBoundsOptions: { padding: 40, maxZoom: 16 },
    attributionControl: false,
    maxZoom: 20,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: false,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.getCanvas().classList.add("map-canvas");
  map.getCanvas().setAttribute("aria-label", `${figure.querySelector("figcaption").textContent} ${figure.querySelector("[data-keys]").textContent}`);
  // The page must still scroll under a mouse wheel: the map takes the wheel only once it was clicked or focused.
  map.scrollZoom.disable();
  map.getCanvas().addEventListener("focus", () => map.scrollZoom.enable());
  map.getCanvas().addEventListener("blur", () => map.scrollZoom.disable());
  map.once("load", () => {
    state.hidden = true;
    figure.dataset.ready = "";
  });
  dark.addEventListener("change", () => map.setStyle(styleOf(figure, config, data)));
  buttons(figure, map, bounds);
  // A length to measure by; without a base map it is all that tells how far apart places are.
  const scale = new library.ScaleControl({ maxWidth: 110, unit: "metric" }).onAdd(map);
  scale.classList.add("map-scale");
  scale.setAttribute("aria-hidden", "true");
  figure.querySelector(".map-frame").append(scale);
  const chosen = card(figure, map, config);
  if (config.live) followNews(map, data, () => places(config), chosen);
}

async function places(config) {
  const answer = await fetch(config.geojson, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const data = await answer.json();
  return config.live ? prepared(data) : data;
}

function boundsOf(data) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (part) => {
    if (typeof part[0] !== "number") return part.forEach(walk);
    const [lon, lat] = part;
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  };
  data.features.forEach((feature) => feature.geometry?.coordinates && walk(feature.geometry.coordinates));
  return Number.isFinite(box[0]) ? box : null;
}

function buttons(figure, map, bounds) {
  const box = figure.querySelector(".map-buttons");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const acts = {
    in: () => map.zoomIn({ animate: !calm }),
    out: () => map.zoomOut({ animate: !calm }),
    fit: () => bounds && map.fitBounds(bounds, { padding: 40, maxZoom: 16, animate: !calm }),
  };
  box.hidden = false;
  box.addEventListener("click", (event) => acts[event.target.closest("button")?.dataset.act]?.());
}

const LAYERS = ["points", "lines", "areas"];

/** The card of a chosen place: by pointer, or by Enter for the place nearest to the middle. */
function card(figure, map, config) {
  const box = figure.querySelector(".map-card");
  let shown = null;
  const under = (point, reach) => map.queryRenderedFeatures(
    [[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]], { layers: LAYERS.filter((id) => map.getLayer(id)) },
  )[0];
  const open = async (feature) => {
    if (!feature) return close();
    shown = feature;
    await describe(box, feature, config);
    box.hidden = false;
    if (map.getLayer("chosen")) map.setFilter("chosen", ["==", ["get", "_row"], feature.properties._row ?? -1]);
  };
  const close = () => {
    box.hidden = true;
    shown = null;
    if (map.getLayer("chosen")) map.setFilter("chosen", ["==", ["get", "_row"], -1]);
  };
  map.on("click", (event) => open(under(event.point, 6)));
  map.on("mousemove", (event) => { map.getCanvas().style.cursor = under(event.point, 4) ? "pointer" : ""; });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const middle = { x: map.getCanvas().clientWidth / 2, y: map.getCanvas().clientHeight / 2 };
    open([8, 40, 120, 400].reduce((found, reach) => found ?? under(middle, reach), undefined));
  });
  const leave = () => {
    close();
    map.getCanvas().focus();
  };
  box.querySelector(".close").addEventListener("click", leave);
  figure.addEventListener("keydown", (event) => event.key === "Escape" && !box.hidden && leave());
  return {
    /** Show the chosen place again if it is one of these things, without a word to whoever listens. */
    again(things) {
      if (!shown || !things.has(shown.properties.thing)) return false;
      box.setAttribute("aria-live", "off");
      describe(box, shown, config).finally(() => setTimeout(() => box.setAttribute("aria-live", "polite"), 500));
      return true;
    },
  };
}
