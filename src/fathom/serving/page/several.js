// Several pictures at once: a strip of them with what each was answered; one of them is looked at closely.
import { counted, whenLeast } from "./boxes.js";
import { make, percent } from "./dom.js";
import { image } from "./image.js";
import { locale, t } from "./words.js";

/** The strip; `chosen` is the position of the picture looked at, `choose(position)` is called for another one. */
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
  return make("ol", { class: "strip", "aria-label": t("pictures") }, ...items);
}

function said({ prediction, probabilities, nearest, trouble }, model) {
  if (trouble) return t("unreadable");
  if (nearest) return prediction ?? t("nobody");
  if (model.boxes.length) return counted(prediction, model) || t("noBoxes");
  if (Array.isArray(prediction)) return prediction.join(", ") || t("noLabel");
  return probabilities ? `${prediction} ${percent(probabilities[prediction], locale())}` : String(prediction);
}
