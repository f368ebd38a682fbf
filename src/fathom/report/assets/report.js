// What the page does beyond being read: it says a mark's numbers when pointed at, sorts tables, hides a family,
// and opens everything before printing. All content is there without it.
"use strict";

const tip = document.getElementById("tip");
let reading = null; // shows again what is read off with the keys

function placeTip(mark, x, y) {
  tip.hidden = !mark;
  if (!mark) return;
  if (tip.textContent !== mark.dataset.tip) tip.textContent = mark.dataset.tip;
  const room = 14;
  const left = Math.min(x + room, innerWidth - tip.offsetWidth - room);
  const below = y + room + tip.offsetHeight < innerHeight;
  tip.style.left = `${Math.max(left, room / 2)}px`;
  tip.style.top = `${below ? y + room : y - room - tip.offsetHeight}px`;
}

function showTip(event) {
  placeTip(event.target.closest("[data-tip]"), event.clientX, event.clientY);
}
document.addEventListener("pointermove", showTip);
document.addEventListener("pointerdown", showTip);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") { tip.hidden = true; reading = null; } });
document.addEventListener("scroll", () => { tip.hidden = true; reading?.(); }, { passive: true });

// A chart with stripes is read off with the arrow keys once it has the focus.
function readAt(chart, position) {
  const stripes = chart.querySelectorAll(".stripe");
  stripes.forEach((each, at) => each.classList.toggle("read", at === position));
  const stripe = stripes[position];
  reading = stripe && (() => {
    const box = stripe.querySelector(".hair").getBoundingClientRect();
    placeTip(stripe, box.right, (box.top + box.bottom) / 2);
  });
  if (reading) reading();
  else tip.hidden = true;
}

document.querySelectorAll("svg[tabindex]").forEach((chart) => {
  const last = chart.querySelectorAll(".stripe").length - 1;
  let position = last;
  chart.addEventListener("focus", () => { if (chart.matches(":focus-visible")) readAt(chart, position); });
  chart.addEventListener("blur", () => readAt(chart, -1));
  chart.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: position - 1, ArrowRight: position + 1, Home: 0, End: last };
    if (!(event.key in steps)) return;
    event.preventDefault();
    position = Math.max(0, Math.min(last, steps[event.key]));
    readAt(chart, position);
  });
});

const UNITS = { ns: 1e-9, kB: 1e-3, MB: 1, GB: 1024, ms: 1e-3, s: 1, min: 60, h: 3600 };

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

document.querySelectorAll("button[data-line]").forEach((button) => {
  button.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", String(!shown));
    button.closest("figure").querySelectorAll(`svg [data-line="${button.dataset.line}"]`)
      .forEach((line) => line.classList.toggle("off", shown));
  });
});

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  opened.forEach((each) => { each.open = true; });
});
addEventListener("afterprint", () => { opened.forEach((each) => { each.open = false; }); });
