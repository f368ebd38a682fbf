// Which places of a picture its label rests on: asked for by a button, drawn over the picture.
import { askPlaces } from "./ask.js";
import { make } from "./dom.js";
import { t } from "./words.js";

const MOST_LABELS = 12; // to choose from, the most probable first
const LONGEST = 360; // pixels of the drawing's longer side
const WARM = [225, 80, 20];
const STRONGEST = 0.8; // share of the warm colour where most is decided
const known = new WeakMap(); // the last explanation by picture, so that another language needs no second question

/** A button that asks what decided; then the drawing, and a choice of labels. `told(error)` is called with a refusal. */
export function placesOf(blob, { probabilities }, model, told) {
  const place = make("div", { class: "places" });
  const labels = Object.keys(probabilities).sort((one, other) => probabilities[other] - probabilities[one]).slice(0, MOST_LABELS);
  const show = () => place.replaceChildren(...(known.has(blob) ? [choice(known.get(blob).label), drawing(blob, known.get(blob))] : [button()]));
  const button = () => make("button", { type: "button", id: "decided", onclick: ({ target }) => find(target) }, t("whatDecided"));
  const choice = (chosen) => {
    const names = labels.map((label) => make("option", { selected: label === chosen }, label));
    const control = make("select", { id: "speaks", onchange: () => find(control, control.value) }, ...names);
    return make("p", { class: "dial" }, make("label", { for: "speaks" }, t("placesFor")), control);
  };
  const find = async (control, label) => {
    control.disabled = true;
    if (!label) control.textContent = t("waiting");
    try {
      known.set(blob, await askPlaces(blob, model.inputs[0].name, label));
    } catch (trouble) {
      told(trouble);
    }
    show();
    if (label) place.querySelector("select").focus();
  };
  show();
  return place;
}

function drawing(blob, { label, method, places }) {
  const most = Math.max(0, ...places.flat());
  if (most <= 0) return make("p", { class: "quiet", id: "places" }, t("nowhere", label));
  const canvas = make("canvas", { role: "img", "aria-label": t("placesLabel", label) });
  paint(canvas, blob, places, most);
  return make("figure", { class: "warm", id: "places" }, canvas, make("figcaption", { class: "quiet" }, t(method === "occlusion" ? "placesCovered" : "placesGradient", label)));
}

async function paint(canvas, blob, places, most) {
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
