// A form made from the columns that the model reads: types, ranges, usual values, choices, dates.
import { figure, make } from "./dom.js";
import { locale, spoken, t } from "./words.js";

const MOST_CHOICES = 30;

/** Build the form into `place`; `asked(row)` is called with the values, null where one is missing. */
export function tableForm(place, model, asked) {
  const fields = model.inputs.map((column, position) => field({ ...column, example: model.example[column.name] }, `field-${position}`));
  const read = () => {
    const invalid = fields.find((each) => !each.valid());
    if (invalid) {
      invalid.control.focus();
      return null;
    }
    return Object.fromEntries(fields.map((each) => [each.name, each.value()]));
  };
  const submit = (event) => {
    event.preventDefault();
    const row = read();
    if (row) asked(row);
  };
  const reset = () => fields.forEach((each) => each.reset());
  const form = make(
    "form", { novalidate: true, onsubmit: submit },
    make("div", { class: "grid" }, ...fields.map((each) => each.element)),
    make(
      "div", { class: "actions" },
      make("button", { class: "main", type: "submit", "data-t": "predict" }),
      make("button", { type: "button", "data-t": "reset", onclick: reset }),
    ),
  );
  place.replaceChildren(form);
  spoken(() => {
    for (const each of form.querySelectorAll("[data-t]")) each.textContent = t(each.dataset.t);
  });
  return {
    /** Mark the field that the server refused. */
    mark(name) {
      const wrong = fields.find((each) => each.name === name);
      if (wrong) wrong.control.setAttribute("aria-invalid", "true");
      wrong?.control.focus();
    },
  };
}

function field(column, id) {
  const made = { number: numberField, category: categoryField, time: timeField }[column.kind]?.(column, id) ?? textField(column, id);
  const hint = make("span", { class: "hint", id: `${id}-hint` });
  made.control.id = id;
  made.control.setAttribute("aria-describedby", hint.id);
  const check = () => {
    const { text, far, invalid } = made.hint();
    hint.textContent = text;
    hint.classList.toggle("far", Boolean(far || invalid));
    made.control.setAttribute("aria-invalid", String(Boolean(invalid)));
    return !invalid;
  };
  made.control.addEventListener("input", check);
  spoken(check);
  return {
    name: column.name,
    control: made.control,
    valid: check,
    value: made.value,
    reset() { made.reset(); check(); },
    element: make("div", { class: "field" }, make("label", { for: id }, column.name), made.control, made.extra, hint),
  };
}

function numberField(column) {
  const control = make("input", { type: "text", inputmode: "decimal", autocomplete: "off" });
  const reset = () => { control.value = column.middle ?? ""; };
  const parse = () => (control.value.trim() === "" ? null : Number(control.value.trim().replace(",", ".")));
  reset();
  return {
    control, reset,
    value: parse,
    hint() {
      const value = parse();
      if (value !== null && !Number.isFinite(value)) return { text: t("number"), invalid: true };
      if (column.low === null || column.high === null) return { text: t("missing") };
      const ends = [figure(column.low, locale()), figure(column.high, locale())];
      const far = value !== null && (value < column.low || value > column.high);
      return { text: far ? t("far", ...ends) : t("range", ...ends), far };
    },
  };
}

function categoryField(column, id) {
  const known = column.categories;
  const few = known.length > 0 && known.length <= MOST_CHOICES;
  const none = make("option", { value: "" });
  const choices = known.map((name) => make("option", { value: name }, name));
  const control = few ? make("select", {}, ...choices, none) : make("input", { list: `${id}-known`, autocomplete: "off" });
  const reset = () => { control.value = known[0] ?? column.example ?? ""; };
  spoken(() => { none.textContent = t("none"); });
  reset();
  return {
    control, reset,
    extra: few ? null : make("datalist", { id: `${id}-known` }, ...choices),
    value: () => control.value || null,
    hint: () => ({ text: few ? "" : t("missing") }),
  };
}

function timeField(column) {
  const usual = column.example ?? "";
  const clock = /%[HIMST]/.test(column.format) || /T\d/.test(usual);
  const control = make("input", { type: clock ? "datetime-local" : "date", step: clock ? "1" : null, max: clock ? "2999-12-31T23:59" : "2999-12-31" });
  control.value = usual;
  return { control, reset() { control.value = usual; }, value: () => control.value || null, hint: () => ({ text: t("missing") }) };
}

function textField() {
  const control = make("textarea", { rows: 3 });
  return { control, reset() { control.value = ""; }, value: () => control.value || null, hint: () => ({ text: t("missing") }) };
}
