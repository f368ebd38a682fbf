// Several pictures at once: a strip of them with what each was answered; one of them is looked at closely.
import { make, percent } from "./dom.js";
import { locale, t } from "./words.js";

/** The strip; `chosen` is the position of the picture looked at, `choose(position)` is called for another one. */
export function strip(blobs, predictions, chosen, choose) {
  const items = blobs.map((blob, at) => {
    const picture = make("img", { alt: "", width: 88, height: 88 });
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
    picture.src = URL.createObjectURL(blob);
    const name = blob.name ?? t("pictureNumber", at + 1);
    return make(
      "li", {},
      make(
        "button", { type: "button", "aria-pressed": String(at === chosen), title: name, onclick: () => choose(at) },
        picture, make("span", {}, said(predictions[at])),
      ),
    );
  });
  return make("ol", { class: "strip", "aria-label": t("pictures") }, ...items);
}

function said({ prediction, probabilities, trouble }) {
  if (trouble) return t("unreadable");
  if (Array.isArray(prediction)) return prediction.map((each) => each.label ?? each).join(", ") || t("noLabel");
  return probabilities ? `${prediction} ${percent(probabilities[prediction], locale())}` : String(prediction);
}
