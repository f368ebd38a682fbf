// Which places of a picture its label, a person's name or one box rests on: asked for by a button, drawn over the picture.
import { askPlaces } from "./ask.js";
import { whenPicked } from "./boxes.js";
import { make } from "./dom.js";
import { t } from "./words.js";

const MOST_NAMES = 12; // to choose from, the most probable first
const LONGEST = 360; // pixels of the drawing's longer side
const WARM = [225, 80, 20];
const STRONGEST = 0.8; // share of the warm colour where most is decided
const known = new WeakMap(); // the last explanation by picture, so that another language needs no second question

/** Where what decided is asked for and drawn: by a button and a choice of names, or of boxes by picking one of them. */
export function placesOf(blob, answered, model, told) {
  const place = make("div", { class: "places" });
  const find = async (about, control) => {
    if (control) control.disabled = true;
    place.setAttribute("aria-busy", "true");
    try {
      known.set(blob, await askPlaces(blob, model.inputs[0].name, about));
    } catch (trouble) {
      told(trouble);
    }
    place.removeAttribute("aria-busy");
    show();
  };
  const show = model.boxes.length ? ofBoxes(place, blob, find) : ofNames(place, blob, answered, model, find);
  show();
  return place;
}

function ofNames(place, blob, answered, model, find) {
  const names = model.persons.length ? answered.nearest.map(({ person }) => person) : mostProbable(answered.probabilities);
  const about = (name) => ({ [model.persons.length ? "person" : "label"]: name });
  const ask = ({ target }) => {
    target.textContent = t("waiting");
    find(null, target);
  };
  const button = () => make("button", { type: "button", id: "decided", onclick: ask }, t("whatDecided"));
  const choice = (chosen) => {
    const options = names.map((name) => make("option", { selected: name === chosen }, name));
    const again = async () => {
      await find(about(control.value), control);
      place.querySelector("select")?.focus();
    };
    const control = make("select", { id: "speaks", onchange: again }, ...options);
    return make("p", { class: "dial" }, make("label", { for: "speaks" }, t(model.persons.length ? "placesForPerson" : "placesFor")), control);
  };
  return () => {
    const found = known.get(blob);
    if (!names.length) return;
    place.replaceChildren(...(found ? [choice(found.label ?? found.person), drawing(blob, found)] : [button()]));
  };
}

const mostProbable = (shares) => Object.keys(shares).sort((one, other) => shares[other] - shares[one]).slice(0, MOST_NAMES);

function ofBoxes(place, blob, find) {
  whenPicked((box) => {
    place.replaceChildren(make("p", { class: "quiet" }, t("waiting")));
    find({ box });
  });
  return () => place.replaceChildren(...(known.has(blob) ? [drawing(blob, known.get(blob))] : [make("p", { class: "quiet" }, t("pickBox"))]));
}

function drawing(blob, { label, person, box, face, method, places }) {
  const most = Math.max(0, ...places.flat());
  const name = label ?? person;
  if (most <= 0) return make("p", { class: "quiet", id: "places" }, t(person ? "nowherePerson" : "nowhere", name));
  const canvas = make("canvas", { role: "img", "aria-label": t("placesLabel", name) });
  paint(canvas, face ? unpacked(face) : blob, places, most, box);
  const caption = method !== "occlusion" ? "placesGradient" : person ? "placesCoveredPerson" : "placesCovered";
  return make("figure", { class: "warm", id: "places" }, canvas, make("figcaption", { class: "quiet" }, t(caption, name)));
}

// The face that was cut out, as a picture.
const unpacked = (face) => new Blob([Uint8Array.from(atob(face), (letter) => letter.charCodeAt(0))], { type: "image/png" });

async function paint(canvas, blob, places, most, box) {
  const picture = await createImageBitmap(blob).catch(() => null); // not every browser reads every format
  const [wide, tall] = picture ? [picture.width, picture.height] : [places[0].length, places.length];
  const scale = LONGEST / Math.max(wide, tall);
  [canvas.width, canvas.height] = [Math.max(1, Math.round(wide * scale)), Math.max(1, Math.round(tall * scale))];
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  if (picture) {
    context.filter = "grayscale(1)";
    context.globalAlpha = 0.75;
    context.imageSmoothingEnabled = scale < 4; // tiny pictures keep their pixels
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    context.filter = "none";
    context.globalAlpha = 1;
  }
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(warmth(places, most), 0, 0, canvas.width, canvas.height);
  if (!box || !picture) return;
  for (const [style, wide] of [["#000", 4], ["#fff", 2]]) {
    [context.strokeStyle, context.lineWidth] = [style, wide];
    context.strokeRect(box.left * scale, box.top * scale, (box.right - box.left) * scale, (box.bottom - box.top) * scale);
  }
}

// One pixel a place; the browser draws it smoothly over the picture.
function warmth(places, most) {
  const [tall, wide] = [places.length, places[0].length];
  const canvas = make("canvas", { width: wide, height: tall });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(wide, tall);
  places.flat().forEach((worth, at) => pixels.data.set([...WARM, 255 * STRONGEST * Math.max(0, worth / most)], 4 * at));
  context.putImageData(pixels, 0, 0);
  return canvas;
}
