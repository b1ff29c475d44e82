// SPDX-License-Identifier: EUPL-1.2
// Every page works without this. Each enhancement loads only where its part stands on the page.
const parts = [
  ["[data-chart]", () => import("./chart.js")],
  ["[data-map]", () => import("./map.js")],
  ["[data-columns], .table-scroll", () => import("./table.js")],
  ["[data-upload]", () => import("./upload.js")],
  ["[data-sql]", () => import("./sql.js")],
  ["[data-suggest]", () => import("./suggest.js")],
  ["[data-poll]", () => import("./progress.js")],
  ["[data-live]", () => import("./live.js")],
];

document.documentElement.classList.add("js");
for (const [selector, load] of parts) {
  const found = [...document.querySelectorAll(selector)];
  if (found.length) load().then((part) => found.forEach((element) => part.enhance(element)));
}

// After a form came back with mistakes, the summary is what should be read first;
// the same for a result that was asked for by a form.
document.querySelector("[data-error-summary], [data-arrived]")?.focus();

// Browsers that cannot show a closed menu by style alone (::details-content) get it opened where there is room.
const deskMenu = document.querySelector("[data-desk-menu]");
if (deskMenu && !CSS.supports("selector(::details-content)")) {
  const wide = matchMedia("(min-width: 60rem)");
  const fit = () => { deskMenu.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
}

// One open menu at a time; Escape and a click elsewhere close it.
const menus = () => document.querySelectorAll("details[data-menu][open]");
document.addEventListener("click", (event) => menus().forEach((menu) => menu.contains(event.target) || (menu.open = false)));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menus().forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
