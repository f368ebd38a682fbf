// The model's card: what it is, how good it was on rows it had not seen, when it was made.
import { figure, make, percent } from "./dom.js";
import { locale, t } from "./words.js";

/** Show what is known of the model. */
export function showCard(facts, verdict, model) {
  const card = model.card;
  verdict.textContent = typeof card.verdict === "string" ? card.verdict : card.verdict?.text ?? "";
  const rows = [
    [t("learner"), model.learner],
    [t("family"), t(model.family)],
    [t("predicts"), model.target],
    [t("task"), model.task],
    ...score(card),
    [t("trained"), when(card.created)],
    [t("rows"), card.rows === undefined ? null : figure(card.rows, locale(), 12)],
    [t("version"), model.version],
  ];
  facts.replaceChildren(
    ...rows.filter(([, value]) => value).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
  );
}

function score({ measure, score, scores, low, high, percent: shares }) {
  const value = score ?? scores?.[measure];
  if (!measure || value === undefined || value === null) return [];
  const say = (number) => (shares ? percent(number, locale()) : figure(number, locale()));
  const interval = low === undefined || low === null ? "" : ` (${t("interval", say(low), say(high))})`;
  return [[measure, say(value) + interval]];
}

function when(created) {
  const date = new Date(created);
  return Number.isNaN(date.valueOf()) ? null : date.toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
}
