// Strange rows: whether there is an alarm, how far the score is from it, and which columns made it so.
import { figure, make, percent } from "./dom.js";
import { locale, t } from "./words.js";

/** What was said of one row. */
export function strange({ prediction, score, threshold, reasons }, row) {
  const limit = threshold === null ? t("noThreshold") : t("alarmFrom", say(score), say(threshold));
  const bars = reasons.map((each) => bar(each, row));
  return [
    make("p", { class: "big", id: "prediction" }, t(prediction ? "alarm" : "noAlarm")),
    make("p", { class: "quiet" }, limit),
    bars.length ? make("p", { class: "quiet" }, t("because")) : null,
    bars.length ? make("ol", { class: "bars persons" }, ...bars) : null,
  ].filter(Boolean);
}

function bar({ column, part }, row) {
  const fill = make("i");
  fill.style.setProperty("inline-size", `${(part * 100).toFixed(2)}%`);
  const value = row?.[column] ?? t("none");
  return make(
    "li", { class: "bar" },
    make("span", { class: "label" }, `${column}: ${value}`),
    make("span", { class: "track", "aria-hidden": "true" }, fill),
    make("span", { class: "share" }, percent(part, locale())),
  );
}

const say = (value) => figure(value, locale(), 3);
