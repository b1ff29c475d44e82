// SPDX-License-Identifier: EUPL-1.2
// A table scrolls in its own region: the region takes the focus only while there is something to scroll.
export function enhance(element) {
  const region = element.matches(".table-scroll") ? element : null;
  if (region) watchOverflow(region);
  if (element.matches("[data-columns]")) offerColumns(element);
}

function watchOverflow(region) {
  const check = () => {
    const scrolls = region.scrollWidth > region.clientWidth + 1 || region.scrollHeight > region.clientHeight + 1;
    if (scrolls) region.setAttribute("tabindex", "0");
    else region.removeAttribute("tabindex");
    region.toggleAttribute("data-scrolls", scrolls);
  };
  new ResizeObserver(check).observe(region);
  check();
}

/** A menu of columns with a box each. The choice holds for this visit of the page. */
function offerColumns(holder) {
  const table = holder.querySelector("table");
  const menu = holder.querySelector("[data-column-menu]");
  if (!menu || table.tHead.rows[0].cells.length < 4) return;
  const list = menu.querySelector(".menu");
  [...table.tHead.rows[0].cells].forEach((heading, n) => {
    if (n === 0) return;
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", checked: true });
    box.addEventListener("change", () => {
      for (const row of table.rows) if (row.cells[n]) row.cells[n].hidden = !box.checked;
    });
    const label = document.createElement("label");
    label.className = "choice";
    const name = heading.querySelector("a span") ?? heading.firstChild;
    label.append(box, document.createTextNode(name.textContent.trim()));
    list.append(label);
  });
  menu.hidden = false;
}
