// What was said of series: each with its history, all in total, and what a forecast is made of.
import { chart, day } from "./curves.js";
import { figure, make } from "./dom.js";
import { locale, t } from "./words.js";

const MOST_DRAWN = 12; // series
const BANDS = [["quantile:0.05", "quantile:0.95", "outer"], ["quantile:0.2", "quantile:0.8", "inner"]];
const SUMMED = ["forecast", ...BANDS.flatMap(([low, high]) => [low, high])];

/** The answer: all series in total, then each; `askParts()` asks once more, for what the forecasts are made of. */
export function forecasts(predictions, model, width, askParts) {
  const { time, series } = model.horizon;
  const all = total(predictions, model);
  const shown = predictions.slice(0, MOST_DRAWN).map((each, place) => {
    const name = series.map((column) => each[column]).join(" / ") || model.target;
    const parts = model.horizon.components ? partsOf(name, each, () => askParts().then((told) => told[place].components), time, width) : null;
    return drawn(name, each.history.map((step) => step[model.target]), each, time, width, parts);
  });
  const rest = predictions.length - MOST_DRAWN;
  const more = rest > 0 ? make("p", { class: "quiet" }, t("more", rest)) : null;
  const sum = all && [drawn(t("total"), all.past, all, time, width, make("p", { class: "quiet small" }, t("totalOf", all.count), all.others ? ` ${t("totalWithout", all.others)}` : ""))];
  return [make("p", { class: "quiet" }, t("bands")), ...(sum ?? []), ...shown, more].filter(Boolean);
}

/** The sums of the series that are forecast from the moment that most are; null where that is one alone. */
export function total(predictions, model) {
  const { time } = model.horizon;
  const from = new Map();
  for (const each of predictions) from.set(each.forecast[0][time], [...(from.get(each.forecast[0][time]) ?? []), each]);
  const [[, together]] = [...from].sort(([moment, one], [later, other]) => other.length - one.length || (later > moment ? 1 : -1));
  if (together.length < 2) return null;
  const back = Math.min(...together.map((each) => each.history.length));
  const summed = (of) => together.reduce((sum, each) => sum + of(each), 0);
  const last = (each, step) => each.history[each.history.length - back + step];
  return {
    past: Array.from({ length: back }, (_, step) => summed((each) => last(each, step)[model.target])),
    history: Array.from({ length: back }, (_, step) => ({ [time]: last(together[0], step)[time] })),
    forecast: together[0].forecast.map((step, at) => ({
      [time]: step[time],
      ...Object.fromEntries(SUMMED.map((key) => [key, summed((each) => each.forecast[at][key])])),
    })),
    count: together.length,
    others: predictions.length - together.length,
  };
}

function drawn(name, past, said, time, width, below) {
  const ahead = said.forecast;
  const of = (key) => ahead.map((step) => step[key]);
  const svg = chart({
    name: t("drawnSeries", name),
    width,
    bands: BANDS.map(([low, high, look]) => ({ low: of(low), high: of(high), from: past.length, look })),
    lines: [
      { values: past, from: 0, look: "past" },
      { values: [...past.slice(-1), ...of("forecast")], from: past.length - (past.length ? 1 : 0), look: "next" },
    ],
    times: [...said.history, ...ahead].map((step) => step[time]),
    now: past.length - 1,
  });
  const rows = ahead.map((step) => [day(step[time]), ...["forecast", "quantile:0.05", "quantile:0.95"].map((key) => figure(step[key], locale()))]);
  return make("figure", { class: "forecast" }, make("figcaption", {}, name), svg, below, numbers(["when", "said", "lowest", "highest"], rows));
}

/** A fold that asks, when it is first opened, what a forecast is made of, and draws trend, season and known columns. */
function partsOf(name, said, ask, time, width) {
  const place = make("div", { class: "parts" });
  const open = async (event) => {
    if (!event.target.open || place.childElementCount) return;
    place.replaceChildren(make("p", { class: "quiet" }, t("waiting")));
    try {
      place.replaceChildren(...charts(name, await ask(), said, time, width));
    } catch {
      place.replaceChildren();
      event.target.open = false;
    }
  };
  return make("details", { ontoggle: open, class: "made" }, make("summary", {}, t("components")), place);
}

function charts(name, parts, said, time, width) {
  const ahead = said.forecast.map((step) => step[time]);
  const before = said.history.slice(-parts.before.length || said.history.length).map((step) => step[time]);
  const known = parts.before.length;
  const small = (title, told, about) => make("figure", { class: "forecast part" }, make("figcaption", {}, title), chart({ name: `${title}: ${name}`, width, low: true, ...about }), make("p", { class: "quiet small" }, told));
  const found = [
    small(t("trend"), t("trendIs"), {
      lines: [
        { values: parts.before, from: 0, look: "past" },
        { values: [...parts.before.slice(-1), ...parts.trend], from: known - (known ? 1 : 0), look: "next" },
      ],
      times: [...(known ? before : []), ...ahead],
      now: known - 1,
    }),
  ];
  const coming = (values) => ({ lines: [{ values, from: 0, look: "next" }], times: ahead });
  if (parts.season) found.push(small(t("season"), t(parts.seasonal === "times" ? "seasonTimes" : "seasonAdded"), coming(parts.season)));
  for (const [column, values] of Object.entries(parts.known)) found.push(small(column, t("knownAdds"), coming(values)));
  return [...found, make("p", { class: "quiet small" }, t("partsAre"))];
}

function numbers(names, rows) {
  const head = make("tr", {}, ...names.map((key) => make("th", {}, t(key))));
  const lines = rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell))));
  return make("details", {}, make("summary", {}, t("numbers")), make("div", { class: "wide" }, make("table", { class: "found" }, head, ...lines)));
}
