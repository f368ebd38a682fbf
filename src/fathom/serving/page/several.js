// Several pictures at once: a strip of them with what each was answered; one of them is looked at closely.
import { counted, whenLeast } from "./boxes.js";
import { make, percent } from "./dom.js";
import { image } from "./image.js";
import { locale, t } from "./words.js";

const TALLEST = 384; // pixels of the rows that are shown at first
const EDGE = 3; // pixels around the list, for the chosen picture's outline
let opened = null; // the pictures of which all rows are shown, whichever is looked at

/** The strip, of whole rows, with a button for the others; `chosen` is the position of the picture looked at, `choose(position)` is called for another one. */
export function strip(blobs, predictions, model, chosen, choose) {
  const words = predictions.map(() => make("span"));
  const say = () => words.forEach((word, at) => { word.textContent = said(predictions[at], model); });
  const items = blobs.map((blob, at) => {
    const name = blob.name ?? t("pictureNumber", at + 1);
    return make(
      "li", {},
      make(
        "button", { type: "button", "aria-pressed": String(at === chosen), title: name, onclick: () => choose(at) },
        image(blob, { alt: "", width: 88, height: 88 }), words[at],
      ),
    );
  });
  say();
  whenLeast(say); // how sure a box must be is chosen below, and counts for all pictures
  const list = make("ol", { class: "strip", "aria-label": t("pictures") }, ...items);
  const open = () => {
    opened = blobs;
    fit();
    items[chosen].firstChild.focus();
  };
  const all = make("button", { type: "button", class: "all", hidden: true, onclick: open }, t("showAll", blobs.length));
  const fit = () => cut(list, items, all, chosen, opened === blobs);
  new ResizeObserver(fit).observe(list);
  return make("div", { class: "several" }, list, all);
}

// Rows are as tall as their longest words, which the slider and the language change.
function cut(list, items, all, chosen, whole) {
  const ends = items.map((item) => item.offsetTop + item.offsetHeight - items[0].offsetTop);
  const fitting = ends.filter((end) => end <= TALLEST);
  const most = whole ? Infinity : Math.max(ends[0], ...fitting);
  all.hidden = most >= Math.max(...ends);
  list.style.maxHeight = all.hidden ? "" : `${most + 2 * EDGE}px`;
  if (!all.hidden && ends[chosen] > most && !list.scrollTop) list.scrollTop = ends[chosen] - items[chosen].offsetHeight;
}

function said({ prediction, probabilities, nearest, trouble }, model) {
  if (trouble) return t("unreadable");
  if (nearest) return prediction ?? t("nobody");
  if (model.boxes.length) return counted(prediction, model) || t("noBoxes");
  if (Array.isArray(prediction)) return prediction.join(", ") || t("noLabel");
  return probabilities ? `${prediction} ${percent(probabilities[prediction], locale())}` : String(prediction);
}
