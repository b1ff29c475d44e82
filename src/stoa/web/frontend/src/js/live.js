// SPDX-License-Identifier: EUPL-1.2
// Puts new values where the old ones stand, as they come in. Whoever reads may hold them; ears are told at most once
// a minute, in one sentence, however much changes.
import { NEWS, inNotation } from "./values.js";

const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "medium" });
const ago = new Intl.RelativeTimeFormat(language, { numeric: "always" });
const SPANS = [[86_400, "day"], [3_600, "hour"], [60, "minute"]];
const DOUBTFUL = new Set([3, 4, 9]);
const AGED_EVERY_MS = 20_000;
const TOLD_EVERY_MS = 60_000;
const DRAWN_EVERY_MS = 1_000;

function inWords(result, kind, bar) {
  if (kind === "truth") return result ? bar.dataset.yes : bar.dataset.no;
  if (typeof result === "number") return inNotation(result);
  return typeof result === "string" ? result.slice(0, 80) : null;
}

function ageInWords(moment, bar) {
  const seconds = Math.round((Date.now() - moment) / 1000);
  const [size, name] = SPANS.find(([span]) => Math.abs(seconds) >= span) ?? [];
  return size ? ago.format(-Math.floor(seconds / size), name) : bar.dataset.now;
}

/** Ages go on while the page is open; text that stays the same is not touched, so that nothing flickers. */
function grow(bar) {
  for (const time of document.querySelectorAll("[data-age] time")) {
    const words = ageInWords(Date.parse(time.dateTime), bar);
    if (time.textContent !== words) time.textContent = words;
  }
  for (const cell of document.querySelectorAll('[data-cell="age"][data-fresh]')) say(cell, ageInWords(Date.parse(cell.dataset.value), bar));
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

export function enhance(bar) {
  const [state, told, hold] = ["[data-state]", "[data-told]", "[data-hold]"].map((one) => bar.querySelector(one));
  const waiting = new Map();
  let isHeld = false;
  let toldAt = Date.now();

  const draw = () => {
    if (isHeld || document.hidden || !waiting.size) return;
    for (const [series, news] of waiting) show(series, news, bar);
    document.dispatchEvent(new CustomEvent(NEWS, { detail: [...waiting.values()] }));
    waiting.clear();
    if (Date.now() - toldAt > TOLD_EVERY_MS) {
      toldAt = Date.now();
      told.textContent = "";
      requestAnimationFrame(() => { told.textContent = bar.dataset.changed; });
    }
  };
  setInterval(draw, DRAWN_EVERY_MS);
  setInterval(() => isHeld || grow(bar), AGED_EVERY_MS);

  const tell = () => { state.textContent = isHeld ? bar.dataset.paused : bar.dataset.listening; };
  hold.addEventListener("click", () => {
    isHeld = !isHeld;
    hold.setAttribute("aria-pressed", String(isHeld));
    tell();
    draw();
  });

  const source = new EventSource(bar.dataset.live);
  source.addEventListener("open", () => {
    hold.hidden = false;
    tell();
  });
  source.addEventListener("observation", (event) => {
    const news = JSON.parse(event.data);
    const known = waiting.get(news.datastream);
    if (news.at && !(known && known.at > news.at)) waiting.set(news.datastream, news);
  });
  source.addEventListener("gap", () => { state.textContent = bar.dataset.lost; });
  source.addEventListener("error", () => {
    // Until the first answer nothing was promised; afterwards the browser tries again by itself.
    if (source.readyState === EventSource.CLOSED && !hold.hidden) state.textContent = bar.dataset.lost;
  });
}

/** The row of a list: its value and its age, in their own cells. */
function showInRow(row, news, bar) {
  const age = row.querySelector('[data-cell="age"]');
  const value = row.querySelector('[data-cell]:not([data-cell="age"])');
  if (!age || !value || Date.parse(age.dataset.value) > Date.parse(news.at)) return;
  const words = inWords(news.result, value.dataset.cell, bar);
  if (words !== null) say(value, words);
  age.dataset.value = news.at;
  age.dataset.fresh = "";
  say(age, ageInWords(Date.parse(news.at), bar));
}

function show(series, news, bar) {
  const row = document.getElementById(`row-${series}`);
  if (row) showInRow(row, news, bar);
  for (const box of document.querySelectorAll(`[data-series="${series}"]`)) {
    const words = inWords(news.result, box.dataset.kind, bar);
    const value = box.querySelector("[data-value]");
    if (words !== null && value.textContent !== words) value.textContent = words;
  }
  for (const age of document.querySelectorAll(`[data-age="${series}"] time`)) {
    if (Date.parse(age.dateTime) > Date.parse(news.at)) continue;
    age.dateTime = news.at;
    age.title = clock.format(new Date(news.at));
    age.textContent = ageInWords(Date.parse(news.at), bar);
    if (!DOUBTFUL.has(news.quality)) age.closest("[data-age]").parentElement.querySelectorAll(".overdue").forEach((note) => note.remove());
  }
}
