// Series: a history is pasted or chosen as a CSV file, and drawn with what comes next and how sure that is.
import { figure, make } from "./dom.js";
import { locale, spoken, t } from "./words.js";

const MOST_DRAWN = 12; // series
const MOST_BACK = 120; // past steps of each
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [560, 230, 52, 26, 10];
const BANDS = [["quantile:0.05", "quantile:0.95", "outer"], ["quantile:0.2", "quantile:0.8", "inner"]];

/** Build the field for a history into `place`; `asked(rows)` is called with its rows. */
export function seriesForm(place, model, asked, wrong) {
  const names = model.inputs.map((column) => column.name);
  const area = make("textarea", { id: "history", rows: 12, spellcheck: "false", "aria-describedby": "history-hint" });
  const fill = () => { area.value = written(names, model.horizon.example); };
  const file = make("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", id: "history-file" });
  file.addEventListener("change", async () => {
    if (file.files[0]) area.value = await file.files[0].text();
  });
  const submit = (event) => {
    event.preventDefault();
    const { rows, lacking } = rowsOf(area.value, model.inputs);
    if (lacking.length) wrong(t("columnsLacking", lacking.join(", ")));
    else if (!rows.length) wrong(t("noRows"));
    else asked(rows);
  };
  const form = make(
    "form", { novalidate: true, onsubmit: submit },
    make("div", { class: "field" }, make("label", { for: "history", "data-t": "history" }), area, make("span", { class: "hint", id: "history-hint" })),
    make("div", { class: "field" }, make("label", { for: "history-file", "data-t": "historyFile" }), file),
    make(
      "div", { class: "actions" },
      make("button", { class: "main", type: "submit", "data-t": "predict" }),
      make("button", { type: "button", "data-t": "reset", onclick: fill }),
    ),
  );
  place.replaceChildren(form);
  fill();
  spoken(() => {
    for (const each of form.querySelectorAll("[data-t]")) each.textContent = t(each.dataset.t);
    form.querySelector("#history-hint").textContent = t("historyHint", names.join(", "), model.target);
  });
  return {};
}

/** What was said of each series, drawn behind its history. */
export function forecasts(predictions, model, rows) {
  const shown = predictions.slice(0, MOST_DRAWN).map((each) => drawn(each, model, rows));
  const rest = predictions.length - MOST_DRAWN;
  const more = rest > 0 ? make("p", { class: "quiet" }, t("more", rest)) : null;
  return [make("p", { class: "quiet" }, t("bands")), ...shown, more].filter(Boolean);
}

function drawn(said, model, rows) {
  const { time, series } = model.horizon;
  const mine = rows.filter((row) => row[model.target] !== null && series.every((name) => String(row[name] ?? "") === String(said[name] ?? "")));
  mine.sort((one, other) => (one[time] < other[time] ? -1 : 1));
  const past = mine.slice(-MOST_BACK).map((row) => row[model.target]);
  const ahead = said.forecast;
  const values = [...past, ...ahead.flatMap((step) => [step["quantile:0.05"], step["quantile:0.95"], step.forecast])].filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (place) => LEFT + ((WIDTH - LEFT - 8) * place) / Math.max(past.length + ahead.length - 1, 1);
  const y = (value) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * (value - low)) / (high - low || 1);
  const at = (place, value) => `${x(place).toFixed(1)} ${y(value).toFixed(1)}`;
  const first = past.length;
  const marks = BANDS.map(([lower, upper, look]) => {
    const there = ahead.map((step, place) => at(first + place, step[lower]));
    const back = ahead.map((step, place) => at(first + place, step[upper])).reverse();
    return shape("path", { d: `M${[...there, ...back].join("L")}Z`, class: `band ${look}` });
  });
  if (past.length > 1) marks.push(shape("path", { d: `M${past.map((value, place) => at(place, value)).join("L")}`, class: "past" }));
  const joined = past.length ? [at(first - 1, past[first - 1])] : [];
  marks.push(shape("path", { d: `M${[...joined, ...ahead.map((step, place) => at(first + place, step.forecast))].join("L")}`, class: "next" }));
  for (const value of [low, (low + high) / 2, high]) marks.push(words(LEFT - 6, y(value) + 4, figure(value, locale(), 3), "end"));
  const begin = mine.length ? mine.at(-past.length)[time] : ahead[0][time];
  marks.push(words(LEFT, HEIGHT - 8, day(begin), "start"), words(WIDTH - 8, HEIGHT - 8, day(ahead.at(-1)[time]), "end"));
  const name = series.map((each) => said[each]).join(" / ") || model.target;
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "forecast", "aria-label": t("drawnSeries", name) }, ...marks);
  const lines = ahead.map((step) => make("tr", {}, ...[day(step[time]), ...["forecast", "quantile:0.05", "quantile:0.95"].map((key) => figure(step[key], locale()))].map((cell) => make("td", {}, cell))));
  const head = make("tr", {}, ...["when", "said", "lowest", "highest"].map((key) => make("th", {}, t(key))));
  const table = make("details", {}, make("summary", {}, t("numbers")), make("table", { class: "found" }, head, ...lines));
  return make("figure", { class: "forecast" }, make("figcaption", {}, name), svg, table);
}

const day = (time) => String(time).replace("T00:00:00", "").replace("T", " ");

function shape(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const words = (x, y, text, anchor) => shape("text", { x, y, "text-anchor": anchor }, text);

function written(names, rows) {
  const cell = (value) => (value === null || value === undefined ? "" : /[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  return [names, ...rows.map((row) => names.map((name) => row[name]))].map((line) => line.map(cell).join(",")).join("\n");
}

/** The rows of a CSV text with the columns that the model reads, numbers as numbers; and which columns it lacks. */
export function rowsOf(text, columns) {
  const [head = [], ...lines] = cells(text.replace(/^\uFEFF/, ""));
  const names = head.map((name) => name.trim());
  const lacking = columns.filter((column) => !names.includes(column.name)).map((column) => column.name);
  const value = (line, column) => {
    const written = (line[names.indexOf(column.name)] ?? "").trim();
    if (written === "") return null;
    const number = Number(written);
    return column.kind === "number" && Number.isFinite(number) ? number : written;
  };
  const rows = lines.filter((line) => line.some((each) => each.trim() !== ""));
  return { lacking, rows: lacking.length ? [] : rows.map((line) => Object.fromEntries(columns.map((column) => [column.name, value(line, column)]))) };
}

function cells(text) {
  const first = text.split("\n", 1)[0];
  const mark = ["\t", ";", ","].find((each) => first.includes(each)) ?? ",";
  const lines = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    const line = lines.at(-1);
    if (quoted && letter === '"' && text[at + 1] === '"') [line[line.length - 1], at] = [`${line.at(-1)}"`, at + 1];
    else if (letter === '"') quoted = !quoted;
    else if (!quoted && letter === mark) line.push("");
    else if (!quoted && letter === "\n") lines.push([""]);
    else if (letter !== "\r" || quoted) line[line.length - 1] += letter;
  }
  return lines;
}
