// What the page does beyond being read: it says a mark's numbers when pointed at, sorts tables, hides a family,
// and opens everything before printing. All content is there without it.
"use strict";

const tip = document.getElementById("tip");

function showTip(event) {
  const mark = event.target.closest("[data-tip]");
  tip.hidden = !mark;
  if (!mark) return;
  tip.textContent = mark.dataset.tip;
  const room = 14;
  const left = Math.min(event.clientX + room, innerWidth - tip.offsetWidth - room);
  const below = event.clientY + room + tip.offsetHeight < innerHeight;
  tip.style.left = `${Math.max(left, room / 2)}px`;
  tip.style.top = `${below ? event.clientY + room : event.clientY - room - tip.offsetHeight}px`;
}
document.addEventListener("pointermove", showTip);
document.addEventListener("pointerdown", showTip);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });
document.addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });

const UNITS = { kB: 1e-3, MB: 1, GB: 1024, ms: 1e-3, s: 1, min: 60, h: 3600 };

function sortKey(cell) {
  const text = cell.textContent.trim().replace("−", "-").replaceAll(",", "");
  const parts = [...text.matchAll(/(-?[\d.]+(?:e[+-]?\d+)?)\s*([A-Za-z]*)/g)];
  if (!parts.length || !/^[+-]?[\d.]/.test(text)) return { text };
  const timed = parts.filter((part) => part[2] in UNITS);
  if (!timed.length) return { number: parseFloat(parts[0][1]), text };
  return { number: timed.reduce((sum, part) => sum + parseFloat(part[1]) * UNITS[part[2]], 0), text };
}

function compareCells(one, other) {
  if ("number" in one && "number" in other) return one.number - other.number;
  if ("number" in one || "number" in other) return "number" in one ? -1 : 1;
  return one.text.localeCompare(other.text);
}

function sortBy(table, heading) {
  const down = heading.getAttribute("aria-sort") === "ascending";
  table.querySelectorAll("thead th").forEach((each) => each.removeAttribute("aria-sort"));
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const keyed = [...table.tBodies[0].rows].map((row) => ({ row, key: sortKey(row.cells[heading.cellIndex]) }));
  keyed.sort((one, other) => compareCells(one.key, other.key) * (down ? -1 : 1));
  table.tBodies[0].append(...keyed.map((each) => each.row));
}

document.querySelectorAll("table[data-sortable]").forEach((table) => {
  table.querySelectorAll("thead th").forEach((heading) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, heading));
    heading.append(button);
  });
});

document.querySelectorAll("button[data-family]").forEach((button) => {
  button.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!shown));
    button.closest("section").classList.toggle(`hide-${button.dataset.family}`, shown);
  });
});

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  opened.forEach((each) => { each.open = true; });
});
addEventListener("afterprint", () => { opened.forEach((each) => { each.open = false; }); });
