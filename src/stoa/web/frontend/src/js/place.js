// SPDX-License-Identifier: EUPL-1.2
// The card of a place, the same on every map: its heading, its columns, the way to its row.

/** [heading, value] pairs from the tile, in the order of the config or as they come. */
function fromTile(feature, config) {
  const wanted = config.labels.length ? config.labels : Object.keys(feature.properties).filter((name) => !name.startsWith("_")).map((name) => [name, name]);
  return wanted.map(([name, label]) => [label, feature.properties[name]]).filter(([, value]) => value !== undefined && value !== null && value !== "");
}

async function fromServer(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : null;
}

const inWords = (value) => (typeof value === "number" ? new Intl.NumberFormat(document.documentElement.lang).format(value) : String(value));

export async function describe(box, feature, config) {
  const row = feature.properties._row ?? feature.id;
  const at = (url) => (url && row !== undefined ? url.replace("{row}", encodeURIComponent(row)) : "");
  const details = at(config.detailsUrl);
  const told = details ? await fromServer(details).catch(() => null) : null;
  const rows = told?.rows ?? fromTile(feature, config);
  const [first, ...others] = rows;
  box.querySelector("h3").textContent = told?.title ?? (first ? inWords(first[1]) : "");
  box.querySelector("dl").replaceChildren(...(told ? rows : others).map(([label, value]) => {
    const [pair, term, description] = ["div", "dt", "dd"].map((name) => document.createElement(name));
    term.textContent = label;
    description.textContent = inWords(value);
    pair.append(term, description);
    return pair;
  }));
  const link = box.querySelector(".to-row");
  const page = told?.url ?? at(config.rowUrl);
  link.hidden = !page;
  if (page) link.href = page;
}
