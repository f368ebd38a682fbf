// The page: ask the server what it serves, build what fits, show what it answers.
import { showCard } from "./about.js";
import { showAnswer } from "./answer.js";
import { ask, askHistory, askInPassing, askPair, askPictures, askRow, askWords } from "./ask.js";
import { make } from "./dom.js";
import { pair } from "./faces.js";
import { forecasts } from "./forecasts.js";
import { tableForm } from "./form.js";
import { decidingWords, reasonsOf } from "./marks.js";
import { pictureForm } from "./pictures.js";
import { placesOf } from "./places.js";
import { seriesForm } from "./series.js";
import { strip } from "./several.js";
import { startTheme } from "./theme.js";
import { locale, spoken, startLanguage, t } from "./words.js";

const at = (id) => document.getElementById(id);
let answered = null; // the last answer, to be said again in another language
let explained = null; // which words it rests on
let asked = null; // the row that it answers, or the picture
let couple = null; // whether the two pictures that were asked about are of one person
let several = null; // the pictures that were asked about, their answers, and which of them is shown
let noticed = []; // what the server noticed in the rows
let parts = null; // the question what forecasts are made of, once it was asked
let asking = 0; // the newest question; older answers are not shown

startLanguage(at("language"));
startTheme(at("theme"));
start().catch(tell);

async function start() {
  const model = await ask("model");
  let verdictIn = locale(); // its language
  document.title = `${model.name} · fathom`;
  at("name").textContent = model.name;
  const pictures = model.inputs.length === 1 && model.inputs[0].kind === "image";
  let form = null;
  const texts = model.classes.length + model.sets.length > 0 && model.inputs.some((each) => each.kind === "text");
  const decidable = model.classes.length + model.sets.length + model.boxes.length + model.persons.length > 0;
  const askParts = () => (parts ??= askHistory(asked, { components: true }).then((told) => told.predictions).catch((trouble) => {
    parts = null;
    sayAlso(trouble);
    throw trouble;
  }));
  if (model.horizon) at("answer").closest(".pair").classList.add("drawings");
  const show = () => {
    if (answered.trouble) at("answer").replaceChildren(make("p", { class: "quiet" }, answered.trouble.error, " ", answered.trouble.remedy ?? ""));
    else if (model.horizon) at("answer").replaceChildren(...forecasts(several.predictions, model, roomIn(at("answer")), askParts));
    else showAnswer(at("answer"), answered, model, asked);
    if (explained) at("answer").append((explained.reasons ? reasonsOf(explained) : decidingWords(explained)) ?? "");
    const notices = [...noticed, ...(answered.notices ?? [])];
    if (notices.length) at("answer").prepend(make("ul", { class: "notices" }, ...notices.map((each) => make("li", {}, each.notice))));
    if (!pictures) return;
    if (decidable && !answered.trouble) at("answer").append(placesOf(asked, answered, model, sayAlso));
    if (several.blobs.length > 1) at("answer").prepend(strip(several.blobs, several.predictions, model, several.at, choose));
    if (couple) at("answer").prepend(pair(several.blobs, couple));
  };
  const choose = (position) => {
    several.at = position;
    [asked, answered] = [several.blobs[position], several.predictions[position]];
    form.look(asked);
    show();
    at("answer").querySelector('[aria-pressed="true"]')?.focus();
  };
  const question = (askIt) => async (value) => {
    const mine = ++asking;
    if (value === null) return forget();
    at("answer").setAttribute("aria-busy", "true");
    at("trouble").replaceChildren();
    try {
      const { predictions, told, notices } = await askIt(value);
      if (mine !== asking) return;
      [noticed, parts] = [notices ?? [], null];
      several = pictures || model.horizon ? { blobs: value, predictions, at: 0 } : null;
      [asked, answered, explained, couple] = [pictures ? value[0] : value, predictions[0], told ?? null, null];
      show();
      if (!pictures) bringIntoView(at("answer"));
      if (model.persons.length && value.length === 2 && !predictions.some((each) => each.trouble || each.faces === 0)) {
        const verdict = await askPair(value);
        if (mine !== asking) return;
        couple = verdict;
        show();
      }
      if (!texts) return;
      const words = await askWords(value);
      if (mine !== asking) return;
      explained = words;
      show();
    } catch (trouble) {
      if (mine !== asking) return;
      tell(trouble);
      form?.mark?.(trouble.facts?.column);
    } finally {
      at("answer").removeAttribute("aria-busy");
    }
  };
  form = model.horizon
    ? seriesForm(at("fields"), model, question((rows) => askHistory(rows)), (error) => tell({ facts: { error } }))
    : pictures
    ? pictureForm(at("fields"), model, question(askPictures), (error) => sayAlso({ facts: { error } }))
    : tableForm(at("fields"), model, question(model.task === "fraud-detection" ? askInPassing : askRow));
  spoken(() => {
    if (model.persons.length) at("purpose").textContent = t("purposePersons", model.persons.length);
    else if (model.conditions.length) at("purpose").textContent = t(model.planted ? "purposeStrange" : "purposeStrangeBy", model.target);
    else if (model.sets.length) at("purpose").textContent = t("purposeSets", model.sets.slice(0, 8).join(", ") + (model.sets.length > 8 ? ", …" : ""));
    else if (model.boxes.length) at("purpose").textContent = t("purposeBoxes", model.boxes.slice(0, 8).join(", "));
    else if (model.horizon) at("purpose").textContent = t("purposeSeries", model.target, model.horizon.ahead);
    else at("purpose").textContent = t(model.classes.length ? "purposeLabel" : "purposeNumber", model.target);
    showCard(at("facts"), at("verdict"), model);
    if (answered) show();
    if (verdictIn !== locale()) ask("model").then(({ card }) => showCard(at("facts"), at("verdict"), { ...model, card })).catch(sayAlso);
    verdictIn = locale();
  });
}

// How wide a drawing can be, so that its words are as large as others.
const roomIn = (element) => Math.min(Math.max(element.clientWidth, 240), 900);

// On a narrow screen the answer stands below the form.
function bringIntoView(element) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
}

function forget() {
  answered = explained = null;
  at("trouble").replaceChildren();
  at("answer").replaceChildren(make("p", { class: "quiet", "data-t": "nothing" }, t("nothing")));
}

function tell(trouble) {
  forget();
  sayAlso(trouble);
}

// What went wrong, beside the answer that is there.
function sayAlso(trouble) {
  const facts = trouble.facts ?? { error: String(trouble) };
  const lines = [facts.error ?? t("failed"), facts.column ? t("row", facts.column) : null, facts.remedy];
  at("trouble").replaceChildren(...lines.filter(Boolean).map((line) => make("p", {}, line)));
}
