// SPDX-License-Identifier: EUPL-1.2
// Help for asking in SQL: names that fit what is being typed stand as buttons under the field, a question that
// runs can be cancelled, and one too long for an address is sent in the body.
const MOST_WORDS = 12;
const LONGEST_ADDRESS = 4000;
const KEYWORDS = ["SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "count(*)", "JOIN"];

export function enhance(form) {
  const field = form.querySelector("textarea");
  offerWords(form, field);
  letCancel(form, field);
  // Control and Enter asks; Enter alone stays a new line.
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

/** The word that ends at the cursor. */
function wordAt(field) {
  const found = /[\w"]*$/.exec(field.value.slice(0, field.selectionStart));
  return found ? found[0] : "";
}

function offerWords(form, field) {
  const box = form.querySelector("[data-words]");
  let tables = [];
  let asked;
  const load = async (text) => {
    const url = new URL(form.dataset.names, location.href);
    url.searchParams.set("q", text);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).tables : [];
  };
  const named = () => new Set(field.value.toLowerCase().match(/[\w"]+/g) ?? []);
  const show = () => {
    const word = wordAt(field).toLowerCase().replaceAll('"', "");
    const used = named();
    const columns = tables.filter((table) => used.has(table.name)).flatMap((table) => table.columns.map(([name, , label]) => [name, label]));
    const names = tables.map((table) => [table.name, table.title]);
    const fits = ([name, label]) => word && name !== word && (name.includes(word) || label.toLowerCase().includes(word));
    const offered = word ? [...columns.filter(fits), ...names.filter(fits)] : columns.length ? columns : names;
    const fresh = [...new Map(offered.map((pair) => [pair[0], pair])).values()].slice(0, MOST_WORDS);
    box.replaceChildren(...(field.value.trim() ? fresh : [...KEYWORDS.slice(0, 1).map((k) => [k, ""]), ...fresh]).map((pair) => button(field, pair, show)));
    box.hidden = !box.childElementCount;
  };
  const later = () => {
    clearTimeout(asked);
    asked = setTimeout(async () => {
      const word = wordAt(field).replaceAll('"', "");
      if (word.length > 2 && !tables.some((table) => table.name.includes(word.toLowerCase()))) {
        const found = await load(word).catch(() => []);
        tables = [...tables, ...found.filter((one) => !tables.some((known) => known.name === one.name))];
      }
      show();
    }, 120);
  };
  field.addEventListener("focus", async () => {
    if (!tables.length) tables = await load("").catch(() => []);
    show();
  }, { once: true });
  field.addEventListener("input", later);
  field.addEventListener("click", later);
}

/** A name as a button that puts it at the cursor, in the place of what was begun. */
function button(field, [name, label], after) {
  const one = document.createElement("button");
  Object.assign(one, { type: "button", className: "tag", textContent: name, title: label });
  one.addEventListener("click", () => {
    const begun = wordAt(field).length;
    field.setRangeText(`${name} `, field.selectionStart - begun, field.selectionEnd, "end");
    field.focus();
    after();
  });
  return one;
}

function letCancel(form, field) {
  const [state, stop, ticket] = ["[data-state]", "[data-stop]", "[data-ticket]"].map((part) => form.querySelector(part));
  const rest = () => {
    stop.hidden = true;
    state.textContent = "";
    ticket.disabled = true;
  };
  form.addEventListener("submit", () => {
    form.method = field.value.length > LONGEST_ADDRESS ? "post" : "get";
    ticket.disabled = false;
    stop.hidden = false;
    state.textContent = state.dataset.working;
    // The form has been read by then: the next question gets its own ticket with its own page.
    setTimeout(() => { ticket.disabled = true; }, 0);
  });
  stop.addEventListener("click", () => {
    window.stop();
    fetch(form.dataset.cancel, { method: "POST", body: new URLSearchParams({ ticket: ticket.value }) });
    rest();
    state.textContent = state.dataset.stopped;
    field.focus();
  });
  window.addEventListener("pageshow", rest);
  // A ticket is good for one question: it does not belong into an address that is kept.
  const here = new URL(location.href);
  if (!here.searchParams.has("ticket")) return;
  here.searchParams.delete("ticket");
  history.replaceState(null, "", here);
}
