// Persons: who is on a picture, who else is like them, and whether two pictures are of one.
import { figure, make, percent } from "./dom.js";
import { image } from "./image.js";
import { locale, t } from "./words.js";

/** Who one picture shows: the name, how alike, and the nearest known persons. */
export function person({ prediction, similarity, threshold, nearest, faces }) {
  if (faces === 0) return [make("p", { class: "big", id: "prediction" }, t("nobody")), make("p", { class: "quiet" }, t("noFace"))];
  return [
    make("p", { class: "big", id: "prediction" }, prediction ?? t("nobody")),
    make("p", { class: "quiet" }, t("alike", say(similarity), say(threshold))),
    make("ol", { class: "bars persons" }, ...nearest.map((each) => bar(each, each.person === prediction))),
  ];
}

function bar({ person: name, similarity }, best) {
  const fill = make("i");
  fill.style.setProperty("inline-size", `${(Math.max(similarity, 0) * 100).toFixed(2)}%`);
  return make(
    "li", { class: best ? "bar best" : "bar" },
    make("span", { class: "label" }, name),
    make("span", { class: "track", "aria-hidden": "true" }, fill),
    make("span", { class: "share" }, say(similarity)),
  );
}

/** Two pictures side by side with the verdict. */
export function pair(blobs, { same, similarity, threshold, far, one, other }) {
  const shown = blobs.map((blob, at) => make(
    "figure", {},
    image(blob, { alt: t("pictureNumber", at + 1) }), make("figcaption", {}, (at ? other : one).prediction ?? t("nobody")),
  ));
  return make(
    "div", { class: "couple" },
    make("div", { class: "sides" }, ...shown),
    make("p", { class: "big", id: "same" }, t(same ? "onePerson" : "twoPersons")),
    make("p", { class: "quiet" }, `${t("alike", say(similarity), say(threshold))} ${t("passing", percent(far, locale()))}`),
  );
}

const say = (value) => figure(value, locale(), 3);
