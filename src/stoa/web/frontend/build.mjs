// SPDX-License-Identifier: EUPL-1.2
// Builds ../static/dist: one style sheet, one script, the map apart, fonts, icons, and a manifest of their names.
import { build, context } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "..", "static", "dist");
const resolve = createRequire(import.meta.url).resolve;
const folderOf = (name) => dirname(resolve(`${name}/package.json`));
const hashOf = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();

/** The icons that pages use, as one file of <symbol>s, so that a page fetches them once. */
async function iconSprite() {
  const names = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const symbols = await Promise.all(names.map(async (name) => {
    const svg = await readFile(join(folderOf("lucide-static"), "icons", `${name}.svg`), "utf8");
    const shapes = svg.replace(/<!--.*?-->/gs, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s+/g, " ").trim()}</symbol>`;
  }));
  const note = "<!-- Icons: Lucide, ISC licence, https://lucide.dev/license -->";
  return `${note}<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

/** Write a file under a name that changes with its content. */
async function written(name, bytes) {
  const [stem, ending] = [name.slice(0, name.lastIndexOf(".")), name.slice(name.lastIndexOf("."))];
  const file = `${stem}-${hashOf(bytes)}${ending}`;
  await writeFile(join(dist, file), bytes);
  return file;
}

async function others() {
  const maplibre = folderOf("maplibre-gl");
  const worker = await readFile(join(maplibre, "dist", "maplibre-gl-worker.mjs"), "utf8");
  const sourceless = worker.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
  return {
    "icons.svg": await written("icons.svg", await iconSprite()),
    "mark.svg": await written("mark.svg", await readFile(join(here, "src", "mark.svg"))),
    "map-worker.js": await written("map-worker.js", sourceless),
  };
}

const options = {
  absWorkingDir: here,
  entryPoints: { app: "src/js/app.js", site: "src/css/site.css" },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "chrome111", "firefox115", "safari16.4"],
  minify: true,
  metafile: true,
  legalComments: "linked",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file" },
  logLevel: "warning",
};

/** Names as the templates know them, e.g. "site.css", to the files that were built. */
function namesOf(metafile) {
  const names = {};
  for (const [path, made] of Object.entries(metafile.outputs)) {
    const file = basename(path);
    const source = made.entryPoint ?? Object.keys(made.inputs)[0] ?? "";
    if (/\.(map|txt)$/.test(file)) continue;
    if (made.entryPoint) names[basename(source)] = file;
    else if (file.endsWith(".woff2")) names[basename(source)] = file;
  }
  return names;
}

async function main() {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const extra = await others();
  options.define = { WORKER_FILE: JSON.stringify(extra["map-worker.js"]), ICONS_FILE: JSON.stringify(extra["icons.svg"]) };
  const writeManifest = async (result) => {
    const fresh = join(dist, "manifest.json.new");
    await writeFile(fresh, JSON.stringify({ ...namesOf(result.metafile), ...extra }, null, 1));
    await rename(fresh, join(dist, "manifest.json"));
  };
  if (process.argv.includes("--watch")) {
    const plugin = { name: "manifest", setup: (b) => b.onEnd((result) => result.metafile && writeManifest(result)) };
    await (await context({ ...options, plugins: [plugin] })).watch();
    return;
  }
  await writeManifest(await build(options));
}

await main();
