// SPDX-License-Identifier: EUPL-1.2
// One quiet style for every layer: points, lines and areas in the series colours of the style sheet.
import { groundLayers, groundNames, groundOf } from "./mapground.js";
import { newsLayers } from "./mapnews.js";

/** A colour of the style sheet as the drawing library understands it. */
function colour(figure, name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  // Where the reader forces colours, every element has the same; a map drawn in one colour shows nothing.
  probe.style.forcedColorAdjust = "none";
  probe.hidden = true;
  figure.append(probe);
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  context.fillStyle = getComputedStyle(probe).color;
  context.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return `rgb(${red},${green},${blue})`;
}

function paints(figure, config) {
  const series = (n) => colour(figure, `--series-${n}`);
  const plain = config.classes.length ? series(config.classes[0][1]) : colour(figure, "--accent-words");
  if (!config.classColumn || config.classes.length < 2) return plain;
  const cases = config.classes.filter(([value]) => value !== "").flatMap(([value, n]) => [value, series(n)]);
  return cases.length ? ["match", ["to-string", ["get", config.classColumn]], ...cases, series(7)] : plain;
}

const absolute = (url) => new URL(url, document.baseURI).href.replaceAll("%7B", "{").replaceAll("%7D", "}");

export function styleOf(figure, config, data) {
  const fill = paints(figure, config);
  const [paper, ink] = [colour(figure, "--paper"), colour(figure, "--ink")];
  const ours = { source: "places", ...(data ? {} : { "source-layer": config.layer }) };
  const of = (kind) => ["==", ["geometry-type"], kind];
  const either = (kind) => ["any", of(kind), of(`Multi${kind}`)];
  const size = ["interpolate", ["linear"], ["zoom"], 9, 2.5, 13, 5, 17, 9];
  const sources = { places: data ? { type: "geojson", data } : { type: "vector", tiles: [absolute(config.tiles)], maxzoom: config.maxZoom } };
  const ground = groundOf(figure);
  const named = (name) => colour(figure, name);
  if (ground) sources.ground = { type: "vector", tiles: [absolute(ground.tiles)], maxzoom: ground.maxZoom };
  return {
    version: 8,
    sources,
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colour(figure, "--stone") } },
      ...(ground ? groundLayers(named) : []),
      { ...ours, id: "areas", type: "fill", filter: either("Polygon"), paint: { "fill-color": fill, "fill-opacity": 0.35 } },
      { ...ours, id: "edges", type: "line", filter: either("Polygon"), paint: { "line-color": fill, "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.6, 16, 2] } },
      { ...ours, id: "lines", type: "line", filter: either("LineString"), layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": fill, "line-width": ["interpolate", ["linear"], ["zoom"], 10, 1.5, 16, 4] } },
      { ...ours, id: "points", type: "circle", filter: either("Point"), paint: { "circle-color": fill, "circle-radius": size, "circle-stroke-color": paper, "circle-stroke-width": 1.25 } },
      { ...ours, id: "chosen", type: "circle", filter: ["==", ["get", "_row"], -1], paint: { "circle-color": "rgba(0,0,0,0)", "circle-radius": 13, "circle-stroke-color": ink, "circle-stroke-width": 3 } },
      ...(ground ? groundNames(named) : []),
      ...(config.live ? newsLayers(named) : []),
    ],
  };
}
