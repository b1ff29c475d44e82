// SPDX-License-Identifier: EUPL-1.2
// Draws a chart as SVG from the table in its figure. Colours come from the style sheet, so that dark mode, high
// contrast and print need nothing here.
import { figuresOf } from "./figures.js";
import { dateWords, inFull, inShort, mark, scale, ticks } from "./marks.js";

const MOST_SERIES = 7;
const css = (n) => `s${(n % MOST_SERIES) + 1}`;

/** Lowest and highest value with zero where the form of the chart needs it. */
function extent(series, fromZero) {
  const values = series.flatMap((one) => one.values.filter((value) => value !== null));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return fromZero || low > 0 && low < high * 0.6 ? [Math.min(0, low), Math.max(0, high)] : [low, high];
}

function textWidth(words) {
  const canvas = textWidth.canvas ??= document.createElement("canvas").getContext("2d");
  canvas.font = '650 15px "Atkinson Hyperlegible Next", system-ui';
  return canvas.measureText(words).width;
}

/** Horizontal lines with their values on the left. */
function valueAxis(svg, values, y, left, right) {
  for (const value of values) {
    svg.append(
      mark("line", { class: value === 0 ? "base" : "grid", x1: left, x2: right, y1: y(value), y2: y(value) }),
      mark("text", { class: "tick", x: left - 8, y: y(value) + 5, "text-anchor": "end" }, inShort(value)),
    );
  }
}

/** Names or dates below, as many as fit; a day that many values share is said once, where it begins. */
function placeAxis(svg, data, x, width, bottom) {
  const isTime = data.xKind === "time";
  const words = isTime ? dateWords(data.x.at(-1) - data.x[0]) : data.xKind === "number" ? inFull : (n) => data.names[n];
  const said = data.x.map(words);
  const widest = Math.max(...said.map(textWidth)) + 20;
  const places = [...data.x.keys()].filter((n) => !isTime || n === 0 || said[n] !== said[n - 1]);
  if (isTime && places.length > 2 && x(data.x[places[1]]) - x(data.x[places[0]]) < widest) places.shift();
  const every = Math.max(1, Math.ceil(places.length / Math.max(1, Math.floor(width / widest))));
  places.forEach((n, k) => {
    if (k % every || k + every > places.length - 1 + every / 2 && k !== places.length - 1 && k + every < places.length) return;
    svg.append(mark("text", { class: "tick", x: x(data.x[n]), y: bottom + 24, "text-anchor": "middle" }, said[n]));
  });
}

/** Names at the ends of lines, moved apart until none covers another. */
function endNames(svg, data, y, right) {
  const labels = data.series.map((one, n) => {
    const last = one.values.findLastIndex((value) => value !== null);
    return { name: one.name, n, at: y(one.values[last]) };
  }).sort((a, b) => a.at - b.at);
  labels.forEach((label, n) => {
    if (n) label.at = Math.max(label.at, labels[n - 1].at + 20);
    svg.append(mark("text", { class: `series-name halo ${css(label.n)}`, x: right + 10, y: label.at + 5 }, label.name));
  });
}

const path = (points) => points.map((point, n) => `${n ? "L" : "M"}${point.map((p) => p.toFixed(1)).join(" ")}`).join("");

/** Unbroken stretches of a series as points, so that missing values stay gaps. */
function stretches(one, data, x, y) {
  const runs = [[]];
  one.values.forEach((value, n) => (value === null ? runs.push([]) : runs.at(-1).push([x(data.x[n]), y(value)])));
  return runs.filter((run) => run.length);
}

function drawLines(svg, data, width, height, filled) {
  const single = data.series.length === 1;
  const nameRoom = single ? 12 : Math.min(width * 0.34, Math.max(...data.series.map((one) => textWidth(one.name))) + 16);
  const range = extent(data.series, filled);
  const values = ticks(...range, 5);
  const left = Math.max(...values.map((value) => textWidth(inShort(value)))) + 14;
  const [right, top, bottom] = [width - nameRoom, 14, height - 36];
  const x = scale([Math.min(...data.x), Math.max(...data.x)], [left, right]);
  const y = scale([values[0], values.at(-1)], [bottom, top]);
  valueAxis(svg, values, y, left, right);
  placeAxis(svg, data, x, right - left, bottom);
  data.series.forEach((one, n) => {
    for (const run of stretches(one, data, x, y)) {
      const floor = y(Math.max(0, values[0]));
      if (filled) svg.append(mark("path", { class: `area ${css(n)}`, d: `${path(run)}L${run.at(-1)[0]} ${floor}L${run[0][0]} ${floor}Z` }));
      if (run.length === 1) svg.append(mark("circle", { class: `dot ${css(n)}`, cx: run[0][0], cy: run[0][1], r: 4 }));
      svg.append(mark("path", { class: `stroke ${css(n)}`, d: path(run) }));
    }
  });
  if (!single) endNames(svg, data, y, right);
  return { x, y, left, right, top, bottom };
}

function drawColumns(svg, data, width, height) {
  const values = ticks(...extent(data.series, true), 5);
  const left = Math.max(...values.map((value) => textWidth(inShort(value)))) + 14;
  const [right, top, bottom] = [width - 8, data.series.length > 1 ? 40 : 14, height - 36];
  const y = scale([values[0], values.at(-1)], [bottom, top]);
  const slot = (right - left) / data.x.length;
  const bar = Math.max(1, (slot * 0.78) / data.series.length);
  const middle = (n) => left + slot * (n + 0.5);
  valueAxis(svg, values, y, left, right);
  data.series.forEach((one, s) => one.values.forEach((value, n) => {
    if (value === null) return;
    const start = middle(n) - (bar * data.series.length) / 2 + bar * s;
    const [high, low] = [y(Math.max(0, value)), y(Math.min(0, value))];
    svg.append(mark("rect", { class: `fill ${css(s)}`, x: start, y: high, width: Math.max(0.5, bar - 1), height: Math.max(0.5, low - high) }));
  }));
  let at = left;
  if (data.series.length > 1) data.series.forEach((one, s) => {
    svg.append(mark("rect", { class: `fill ${css(s)}`, x: at, y: 4, width: 14, height: 14 }), mark("text", { class: "name", x: at + 20, y: 16 }, one.name));
    at += textWidth(one.name) + 44;
  });
  const places = data.xKind === "time" ? { ...data } : { ...data, xKind: "name" };
  placeAxis(svg, { ...places, x: data.x }, (value) => middle(data.x.indexOf(value)), right - left, bottom);
  return { x: (value) => middle(data.x.indexOf(value)), y, left, right, top, bottom };
}

/** Bars lie down, so that long names stay readable; each carries its figure. */
function drawBars(svg, data, width) {
  const one = data.series[0];
  const room = Math.min(width * 0.42, Math.max(...data.names.map(textWidth)) + 14);
  const isNarrow = width < 480;
  const [left, step] = [isNarrow ? 0 : room, isNarrow ? 52 : 38];
  const [low, high] = extent([one], true);
  const figureRoom = Math.max(...one.values.map((value) => textWidth(value === null ? "" : inFull(value)))) + 12;
  const x = scale([low, high], [left + (low < 0 ? figureRoom : 0), width - figureRoom]);
  data.names.forEach((name, n) => {
    const value = one.values[n];
    const top = n * step + (isNarrow ? 22 : 4);
    svg.append(mark("text", isNarrow ? { class: "name", x: 0, y: top - 5 } : { class: "name", x: left - 10, y: top + 20, "text-anchor": "end" }, name));
    if (value === null) return;
    const [from, to] = [x(Math.min(0, value)), x(Math.max(0, value))];
    const thick = isNarrow ? 22 : 28;
    svg.append(
      mark("rect", { class: "fill s1", x: from, y: top, width: Math.max(1, to - from), height: thick }),
      mark("text", { class: "value", x: to + 8, y: top + thick / 2 + 5 }, inFull(value)),
    );
  });
  return null;
}

/** Under the pointer: what stands at this place, in words. */
function reading(plot, svg, data, frame, unit) {
  const words = data.xKind === "time" ? (n) => data.names[n] : (n) => data.names[n];
  const note = document.createElement("div");
  note.className = "chart-reading";
  note.hidden = true;
  const line = mark("line", { class: "cursor", y1: frame.top, y2: frame.bottom, visibility: "hidden" });
  svg.append(line);
  plot.append(note);
  plot.addEventListener("pointermove", (event) => {
    const at = event.clientX - plot.getBoundingClientRect().left;
    const n = data.x.reduce((best, value, i) => (Math.abs(frame.x(value) - at) < Math.abs(frame.x(data.x[best]) - at) ? i : best), 0);
    const place = frame.x(data.x[n]);
    line.setAttribute("x1", place);
    line.setAttribute("x2", place);
    line.setAttribute("visibility", "visible");
    const title = document.createElement("b");
    title.textContent = words(n);
    note.replaceChildren(title, ...data.series.filter((one) => one.values[n] !== null).map((one) => {
      const row = document.createElement("div");
      row.textContent = data.series.length > 1 ? `${one.name}: ${inFull(one.values[n])}` : `${inFull(one.values[n])} ${unit}`;
      return row;
    }));
    note.hidden = false;
    const isLeft = place > plot.clientWidth / 2;
    note.style.insetInlineStart = isLeft ? "auto" : `${place + 12}px`;
    note.style.insetInlineEnd = isLeft ? `${plot.clientWidth - place + 12}px` : "auto";
  });
  plot.addEventListener("pointerleave", () => {
    note.hidden = true;
    line.setAttribute("visibility", "hidden");
  });
}

const DRAW = { line: (...all) => drawLines(...all, false), area: (...all) => drawLines(...all, true), column: drawColumns, bar: drawBars };

function draw(figure, data) {
  const plot = figure.querySelector(".chart-plot");
  const width = Math.max(260, figure.clientWidth);
  const isBar = figure.dataset.chart === "bar";
  const height = isBar ? data.names.length * (width < 480 ? 52 : 38) + 8 : Math.round(Math.min(460, Math.max(280, width * 0.42)));
  const svg = mark("svg", { viewBox: `0 0 ${width} ${height}`, width, height, focusable: "false" });
  const fresh = plot.cloneNode(false);
  plot.replaceWith(fresh);
  fresh.append(svg);
  const frame = DRAW[figure.dataset.chart](svg, data, width, height);
  if (frame) reading(fresh, svg, data, frame, figure.dataset.unit);
  return fresh;
}

export async function enhance(figure) {
  const data = figuresOf(figure.querySelector("table"));
  if (!DRAW[figure.dataset.chart] || !data.series.length || !data.x.length) return;
  figure.querySelector(".chart-plot").hidden = false;
  const details = figure.querySelector("details");
  if (details) details.open = false;
  await document.fonts.ready;
  let width = 0;
  const again = () => {
    const now = figure.clientWidth;
    if (now && now !== width) {
      width = now;
      draw(figure, data);
    }
  };
  new ResizeObserver(again).observe(figure);
}
