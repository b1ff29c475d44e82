// SPDX-License-Identifier: EUPL-1.2
// Titles while one types, as the browser's own list: keyboard, screen readers and zoom are its business.
const WAIT_MS = 150;
const LEAST_LETTERS = 2;
let lists = 0;

export function enhance(field) {
  const list = document.createElement("datalist");
  list.id = `suggestions-${++lists}`;
  field.after(list);
  field.setAttribute("list", list.id);
  let waiting, asking;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const words = field.value.trim();
      asking?.abort();
      if (words.length < LEAST_LETTERS) return list.replaceChildren();
      asking = new AbortController();
      try {
        const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(words)}`, { signal: asking.signal });
        const [, titles] = answer.ok ? await answer.json() : ["", []];
        list.replaceChildren(...titles.map((title) => Object.assign(document.createElement("option"), { value: title })));
      } catch {
        // Without suggestions the search works as before.
      }
    }, WAIT_MS);
  });
}
