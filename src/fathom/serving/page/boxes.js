// A picture with the boxes found in it, and a slider for how sure a box must be to be shown.
import { make, percent } from "./dom.js";
import { image } from "./image.js";
import { locale, t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const COLOURS = ["#ffb000", "#35c9ff", "#ff6ad5", "#7ee05a", "#b59bff", "#ff7a5c"];
const SAME = 0.6; // overlap from which two boxes are of one place, as where a detector settles boxes of one label
let least = null; // what the person chose, kept from picture to picture
let moved = () => {}; // who else wants to know
let picked = () => {}; // who wants to know which box was picked

/** From here on `listener()` is called whenever the slider moves. */
export const whenLeast = (listener) => { moved = listener; };

/** From here on `listener(box)` is called whenever somebody picks a box. */
export const whenPicked = (listener) => { picked = listener; };

/**
 * How many boxes of each label are sure enough, a place by its surest label alone: each label is settled by itself.
 * "2 cats, 1 dog" has too many forms in too many languages.
 */
export function counted(found, model) {
  const labels = places(sure(found, model)).map((box) => box.label);
  return model.boxes
    .map((label) => [label, labels.filter((each) => each === label).length])
    .filter(([, count]) => count).map(([label, count]) => `${label} ${count}`).join(" · ");
}

const bar = (model) => least ?? model.threshold;
const sure = (found, model) => found.filter((box) => box.probability >= bar(model));

// The boxes come the surest first.
function places(shown) {
  const once = [];
  for (const box of shown) {
    if (!once.some((surer) => surer.label !== box.label && overlap(surer, box) > SAME)) once.push(box);
  }
  return once;
}

function overlap(one, other) {
  const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const tall = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  const shared = Math.max(wide, 0) * Math.max(tall, 0);
  return shared / (area(one) + area(other) - shared || 1);
}

const area = (box) => (box.right - box.left) * (box.bottom - box.top);

/** The picture `blob` with its boxes drawn, the slider, and a list of what is shown. */
export function boxes(blob, found, model) {
  const picture = image(blob, { alt: t("picture") });
  const layer = drawn("svg", { class: "layer", "aria-hidden": "true" });
  const list = make("table", { class: "found picks" });
  const said = make("p", { class: "big", id: "prediction" });
  const share = make("output", { for: "least" });
  const slider = make("input", {
    type: "range", id: "least", min: 1, max: 99, step: 1, value: Math.round(100 * bar(model)),
    oninput: () => { least = slider.value / 100; redraw(); moved(); },
  });
  const redraw = () => {
    const shown = sure(found, model);
    share.textContent = percent(bar(model), locale());
    said.textContent = counted(found, model) || t("noBoxes");
    layer.replaceChildren(...outlines(shown, model, picture).toReversed());
    list.replaceChildren(...shown.map((box) => line(box)));
  };
  picture.addEventListener("load", () => {
    layer.setAttribute("viewBox", `0 0 ${picture.naturalWidth} ${picture.naturalHeight}`);
    redraw();
  });
  redraw();
  const dial = make("p", { class: "dial" }, make("label", { for: "least" }, t("least")), " ", slider, " ", share);
  return [said, make("div", { class: "boxed" }, picture, layer), dial, list];
}

const colour = (label, model) => COLOURS[model.boxes.indexOf(label) % COLOURS.length];

// A name stands where no surer one does: above its box, inside, or below it.
function outlines(shown, model, picture) {
  const size = Math.max(picture.naturalWidth, picture.naturalHeight) * 0.032 || 12;
  const taken = [];
  return shown.map((box) => {
    const name = `${box.label} ${percent(box.probability, locale())}`;
    const wide = size * [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) > 0x2e7f ? 1 : 0.65), 0);
    const start = Math.max(Math.min(box.left, picture.naturalWidth - wide), 0);
    const lines = [box.top - size / 4, box.top + size, box.bottom - size / 4, box.bottom + size];
    const inside = lines.filter((line) => line >= size && line <= picture.naturalHeight);
    const free = inside.filter((line) => taken.every(([begin, end, other]) => Math.abs(line - other) > size || start + wide < begin || end < start));
    const line = free[0] ?? inside[0] ?? size;
    taken.push([start, start + wide, line]);
    return outline(box, name, colour(box.label, model), { x: start, y: line, "font-size": size });
  });
}

function outline(box, name, stroke, place) {
  const words = drawn("text", { ...place, fill: stroke });
  words.textContent = name;
  const sides = { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top };
  const group = drawn("g", {});
  group.append(drawn("rect", { ...sides, stroke }), words);
  group.addEventListener("click", () => picked(box)); // by keyboard it is the button in the box's line
  return group;
}

const line = (box) => make(
  "tr", {},
  ...[box.label, [box.left, box.top, box.right, box.bottom].map(Math.round).join(", "), percent(box.probability, locale()), why(box)]
    .map((cell) => make("td", {}, cell)),
);

const why = (box) => make(
  "button", { type: "button", class: "why", "aria-label": `${t("show")}: ${t("whatDecided")} ${box.label} ${percent(box.probability, locale())}`, onclick: () => picked(box) },
  t("show"),
);

function drawn(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
