// Series: a history is pasted or chosen as a CSV file.
import { make } from "./dom.js";
import { spoken, t } from "./words.js";

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
