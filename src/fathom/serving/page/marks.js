// A text with its words coloured: what the label rests on, or the entities found in it.
import { figure, make, percent } from "./dom.js";
import { locale, t } from "./words.js";

const LEVELS = 4; // of colour
const LEAST = 0.0005; // of probability: less is not marked
const WEAKEST = 0.05; // of the strongest word's worth: less is not marked either

/** The text of an explanation, each word coloured by what the label loses without it. */
export function decidingWords({ text, marks }) {
  const most = Math.max(0, ...marks.map((mark) => Math.abs(mark.worth)));
  const worth = marks.filter((mark) => Math.abs(mark.worth) >= Math.max(LEAST, WEAKEST * most));
  if (!worth.length) return null;
  return make(
    "figure", { class: "marked", id: "words" },
    make("p", { dir: "auto" }, ...cut(text, worth, (mark, words) => make("mark", { class: look(mark.worth / most), title: lost(mark.worth) }, words))),
    make("figcaption", { class: "quiet" }, t("wordsDecide")),
  );
}

/** What speaks for an alert, the strongest first. */
export function reasonsOf({ reasons }) {
  if (!reasons.length) return null;
  const lines = reasons.map(({ column, value, worth }) => {
    const shown = typeof value === "number" ? figure(value, locale()) : value ?? "";
    return make("tr", {}, make("th", { scope: "row" }, column), make("td", {}, shown), make("td", {}, `${worth > 0 ? "+" : ""}${figure(worth, locale())}`));
  });
  return make("figure", { class: "marked", id: "reasons" }, make("table", { class: "found" }, ...lines), make("figcaption", { class: "quiet" }, t("reasonsSpeak")));
}

/** The text with its entities, each followed by its label. */
export function entities(text, spans) {
  const look = (span, words) => make("mark", { class: "entity", title: percent(span.probability, locale()) }, words, " ", make("small", {}, span.label));
  return make("p", { class: "marked", id: "prediction", dir: "auto" }, ...cut(text, spans, look));
}

// Offsets count code points, as Python does; a string of JavaScript counts halves of some of them.
function cut(text, marks, show) {
  const letters = [...text];
  const pieces = [];
  let at = 0;
  for (const mark of [...marks].sort((one, other) => one.start - other.start)) {
    if (mark.start < at) continue;
    pieces.push(letters.slice(at, mark.start).join(""), show(mark, letters.slice(mark.start, mark.end).join("")));
    at = mark.end;
  }
  pieces.push(letters.slice(at).join(""));
  return pieces;
}

// A sure answer loses little by any one word: the colour is by the strongest of them.
function look(worth) {
  const level = Math.max(1, Math.ceil(LEVELS * Math.abs(worth)));
  return `${worth > 0 ? "for" : "against"}-${level}`;
}

const lost = (worth) => t(worth > 0 ? "wordFor" : "wordAgainst", percent(Math.abs(worth), locale()));
