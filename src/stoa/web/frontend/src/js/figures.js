// SPDX-License-Identifier: EUPL-1.2
// Reads the figures of a chart from the table that stands beside it, so that the two can never differ.

const valueOf = (cell) => cell.dataset.value ?? cell.textContent.trim();

function numberOf(cell) {
  const text = cell?.dataset.value ?? "";
  return text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
}

/** Dates as UTC milliseconds: the wall clock of the city is shown as it is. */
function timeOf(text) {
  if (!/^\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?)?)?/.test(text)) return NaN;
  const plain = text.replace(" ", "T").replace(/([+-]\d\d:?\d\d|Z)$/, "");
  return Date.parse(plain.includes("T") ? `${plain}Z` : plain);
}

/** {names, x, xKind: "time" | "number" | "name", series: [{name, values}]} of a table. */
export function figuresOf(table) {
  const headings = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  const raw = rows.map((row) => valueOf(row.cells[0]));
  const names = rows.map((row) => row.cells[0].textContent.trim());
  const series = headings.slice(1).map((heading, n) => ({
    name: heading.firstChild.textContent.trim() || heading.textContent.trim(),
    values: rows.map((row) => numberOf(row.cells[n + 1])),
  })).filter((one) => one.values.some((value) => value !== null));
  const times = raw.map(timeOf);
  if (times.every(Number.isFinite)) return { names, x: times, xKind: "time", series };
  const numbers = raw.map((text) => (text === "" ? NaN : Number(text)));
  if (numbers.every(Number.isFinite)) return { names, x: numbers, xKind: "number", series };
  return { names, x: raw.map((_, n) => n), xKind: "name", series };
}
