// SPDX-License-Identifier: EUPL-1.2
// The base map: quiet below the data, its names above. The scale of the lines is that of zooms 8 to 20.

const LETTERS = ["Atkinson Hyperlegible Next"]; // drawn in the browser from the font of the page: no glyphs are fetched
const ROADS = ["path", "service", "street", "tertiary", "secondary", "main", "motorway"];
const WIDTHS = {
  motorway: [1.2, 3.5, 26], main: [0.9, 3.2, 24], secondary: [0.6, 2.6, 20], tertiary: [0.5, 2.2, 18],
  street: [0.3, 1.5, 15], service: [0.2, 0.8, 8], path: [0.2, 0.6, 3],
};

/** What the page says about its base map, or null where the ground is plain. */
export function groundOf(figure) {
  const { ground, groundZoom } = figure.dataset;
  return ground ? { tiles: ground, maxZoom: Number(groundZoom) } : null;
}

const wide = ([far, middle, near], more = 0) => [
  "interpolate", ["exponential", 1.5], ["zoom"], 9, far + more / 2, 14, middle + more, 19, near + more,
];

/** Everything that lies below the data. */
export function groundLayers(colour) {
  const of = (layer) => ({ source: "ground", "source-layer": layer });
  const kind = (name) => ["==", ["get", "kind"], name];
  const area = (id, paint, minzoom = 0) => ({ ...of(id), id: `ground-${id}`, type: "fill", minzoom, paint });
  const road = (name, part, paint) => ({
    ...of("road"), id: `ground-${part}-${name}`, type: "line", filter: kind(name), paint,
    layout: { "line-cap": part === "road" && name !== "path" ? "round" : "butt", "line-join": "round" },
  });
  const edges = ROADS.slice(2).map((name) => road(name, "edge", {
    "line-color": colour("--map-edge"), "line-width": wide(WIDTHS[name], 1.5), "line-opacity": ["interpolate", ["linear"], ["zoom"], 12, 0, 14, 1],
  }));
  const roads = ROADS.map((name) => road(name, "road", {
    "line-color": colour(name === "path" ? "--map-edge" : "--map-road"), "line-width": wide(WIDTHS[name]),
    ...(name === "path" ? { "line-dasharray": [3, 2] } : {}),
  }));
  return [
    area("built", { "fill-color": colour("--map-built") }),
    area("green", { "fill-color": colour("--map-green") }),
    area("water", { "fill-color": colour("--map-water") }),
    { ...of("river"), id: "ground-river", type: "line", paint: { "line-color": colour("--map-water"), "line-width": ["match", ["get", "kind"], "river", 2, 1] } },
    area("building", { "fill-color": colour("--map-building"), "fill-opacity": ["interpolate", ["linear"], ["zoom"], 14, 0.5, 15.5, 1] }, 14),
    ...edges,
    ...roads,
    { ...of("rail"), id: "ground-rail", type: "line", paint: { "line-color": colour("--map-rail"), "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.5, 16, 1.25] } },
  ];
}

/** The names of streets and places, above the data. */
export function groundNames(colour) {
  const halo = { "text-halo-color": colour("--map-halo"), "text-halo-width": 1.75 };
  const rank = ["match", ["get", "kind"], "city", 0, "town", 1, "suburb", 2, "village", 3, 4];
  return [
    {
      id: "ground-street-name", type: "symbol", source: "ground", "source-layer": "street_name", minzoom: 14,
      filter: ["match", ["get", "kind"], ["path", "service"], [">=", ["zoom"], 17], true],
      layout: {
        "symbol-placement": "line", "symbol-spacing": 420, "text-field": ["get", "name"], "text-font": LETTERS, "text-max-angle": 30,
        "text-padding": 12, "text-size": ["interpolate", ["linear"], ["zoom"], 14, 11, 18, 14],
      },
      paint: { "text-color": colour("--map-words"), ...halo },
    },
    {
      id: "ground-place-name", type: "symbol", source: "ground", "source-layer": "place", maxzoom: 17,
      filter: ["match", ["get", "kind"], ["city", "town"], ["<", ["zoom"], 14], true],
      layout: {
        "text-field": ["get", "name"], "text-font": LETTERS, "symbol-sort-key": rank, "text-padding": 8, "text-max-width": 8,
        "text-size": ["match", ["get", "kind"], "city", 18, "town", 16, "suburb", 14, 13],
        "text-letter-spacing": ["match", ["get", "kind"], ["city", "town", "village"], 0, 0.04],
      },
      paint: { "text-color": colour("--map-places"), ...halo },
    },
  ];
}
