// A board to draw on. What is sent is cut to the ink, centred, with the margin that training pictures have.
import { make } from "./dom.js";

const SIDE = 480; // of the board, in its own pixels
const SENT = 224; // of the picture that is sent; the server scales it down smoothly

/** A canvas whose strokes can be taken back; `drawn(blob or null)` is called after each stroke. */
export function board(settings, drawn) {
  const canvas = make("canvas", { class: "board", width: SIDE, height: SIDE, tabindex: "0", role: "img", "data-t-label": "board" });
  const strokes = [];
  let current = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  };
  const paint = () => ink(canvas.getContext("2d"), strokes, { side: SIDE, width: SIDE * settings.stroke, inverted: settings.inverted });
  const tell = async () => drawn(strokes.length ? await picture(strokes, settings) : null);
  const end = () => {
    if (!current) return;
    current = null;
    tell();
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    current = [place(event)];
    strokes.push(current);
    paint();
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) current.push(place(each));
    paint();
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, end);
  paint();
  return {
    canvas,
    undo() { strokes.pop(); paint(); tell(); },
    clear() { strokes.length = 0; paint(); tell(); },
  };
}

function ink(context, strokes, { side, width, inverted, scale = 1, left = 0, top = 0 }) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = inverted ? "#fff" : "#000";
  context.fillRect(0, 0, side, side);
  context.setTransform(scale, 0, 0, scale, left, top);
  context.strokeStyle = inverted ? "#000" : "#fff";
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = width;
  for (const stroke of strokes) {
    context.beginPath();
    context.moveTo(...stroke[0]);
    for (const point of stroke.length > 1 ? stroke : [stroke[0], stroke[0]]) context.lineTo(...point);
    context.stroke();
  }
}

// The strokes again, scaled so that the ink fills the picture up to the margin: lines keep the thickness that
// training pictures have however small somebody drew.
function picture(strokes, { margin, stroke, inverted }) {
  const points = strokes.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const line = SENT * stroke;
  const room = SENT * (1 - 2 * margin) - line;
  const scale = Math.min(room / Math.max(right - left, bottom - top, SIDE / 8), 4);
  const canvas = make("canvas", { width: SENT, height: SENT });
  const context = canvas.getContext("2d");
  ink(context, strokes, {
    side: SENT, width: line / scale, inverted, scale,
    left: SENT / 2 - (scale * (left + right)) / 2, top: SENT / 2 - (scale * (top + bottom)) / 2,
  });
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
