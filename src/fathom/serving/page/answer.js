// What the model answered: bars for probabilities, an interval for a number.
import { boxes } from "./boxes.js";
import { figure, make, percent } from "./dom.js";
import { person } from "./faces.js";
import { entities } from "./marks.js";
import { strange } from "./strange.js";
import { locale, t } from "./words.js";

const MOST_BARS = 12;

/** Show one prediction in `place`. */
export function showAnswer(place, prediction, model, row) {
  if (prediction.probabilities && Array.isArray(prediction.prediction)) place.replaceChildren(...several(prediction, model));
  else if (model.boxes.length) place.replaceChildren(...boxes(row, prediction.prediction, model));
  else if (prediction.reasons) place.replaceChildren(...strange(prediction, row));
  else if (prediction.nearest) place.replaceChildren(...person(prediction));
  else if (Array.isArray(prediction.prediction)) place.replaceChildren(...found(prediction.prediction, model, row));
  else place.replaceChildren(...(prediction.probabilities ? labels(prediction) : number(prediction, model)));
}

function several({ prediction, probabilities }, model) {
  const entries = Object.entries(probabilities).sort((one, other) => other[1] - one[1]);
  const list = make("ol", { class: "bars" }, ...entries.slice(0, MOST_BARS).map(([label, share]) => bar(label, share, prediction.includes(label))));
  const longest = Math.min(9, Math.max(...entries.slice(0, MOST_BARS).map(([label]) => width(label))));
  list.style.setProperty("--label", `${Math.max(1.4, longest * 0.6)}rem`);
  const rest = entries.length > MOST_BARS ? make("p", { class: "quiet" }, t("more", entries.length - MOST_BARS)) : null;
  return [
    make("p", { class: "big", id: "prediction" }, prediction.join(", ") || t("noLabel")),
    make("p", { class: "quiet" }, t("saidFrom", percent(model.threshold, locale()))),
    list,
    rest,
  ].filter(Boolean);
}

function found(spans, model, row) {
  const column = model.inputs.find((each) => each.kind === "text").name;
  const text = entities(row[column] ?? "", spans);
  if (!spans.length) return [text, make("p", { class: "quiet" }, t("noEntities"))];
  const lines = spans.map((span) => make("tr", {}, ...[span.text, span.label, percent(span.probability, locale())].map((cell) => make("td", {}, cell))));
  return [text, make("table", { class: "found" }, ...lines)];
}

function labels({ prediction, probabilities }) {
  const entries = Object.entries(probabilities);
  const many = entries.length > MOST_BARS;
  if (many) entries.sort((one, other) => other[1] - one[1]);
  const list = make("ol", { class: "bars" }, ...entries.slice(0, MOST_BARS).map(([label, share]) => bar(label, share, label === prediction)));
  const longest = Math.min(9, Math.max(...entries.slice(0, MOST_BARS).map(([label]) => width(label))));
  list.style.setProperty("--label", `${Math.max(1.4, longest * 0.6)}rem`);
  const rest = many ? make("p", { class: "quiet" }, t("more", entries.length - MOST_BARS)) : null;
  return [
    make("p", { class: "big", id: "prediction" }, prediction),
    make("p", { class: "quiet" }, t("sure", percent(probabilities[prediction], locale()))),
    list,
    rest,
  ].filter(Boolean);
}

function bar(label, share, best) {
  const fill = make("i");
  fill.style.setProperty("inline-size", `${(share * 100).toFixed(2)}%`);
  return make(
    "li", { class: best ? "bar best" : "bar" },
    make("span", { class: "label" }, label),
    make("span", { class: "track", "aria-hidden": "true" }, fill),
    make("span", { class: "share" }, percent(share, locale())),
  );
}

function number({ prediction, low, high }, model) {
  const say = (value) => figure(value, locale());
  const shown = [make("p", { class: "big", id: "prediction" }, say(prediction))];
  if (low === undefined) return shown;
  const coverage = model.coverage ? `, ${t("coverage", percent(model.coverage, locale()))}` : "";
  shown.push(make("p", { class: "quiet" }, t("between", say(low), say(high)) + coverage));
  const point = make("b");
  point.style.setProperty("inset-inline-start", `${20 + 60 * ((prediction - low) / (high - low || 1))}%`);
  shown.push(make("div", { class: "span", "aria-hidden": "true" }, make("i"), point));
  shown.push(make("div", { class: "ends", "aria-hidden": "true" }, make("span", {}, say(low)), make("span", {}, say(high))));
  return shown;
}

// Hangul and the like are about twice as wide as Latin letters.
const width = (text) => [...text].reduce((sum, letter) => sum + (letter.codePointAt(0) > 0x1100 ? 1.8 : 1), 0);
