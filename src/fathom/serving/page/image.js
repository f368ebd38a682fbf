// A picture that somebody gave, as the page shows it.
import { make } from "./dom.js";

/** The picture; its name in a frame where the browser cannot show what the server can read (TIFF), or nobody can. */
export function image(blob, attributes = {}) {
  const picture = make("img", attributes);
  const forget = () => URL.revokeObjectURL(picture.src);
  picture.addEventListener("load", forget, { once: true });
  picture.addEventListener("error", () => {
    forget();
    picture.replaceWith(make("span", { class: "unseen", role: "img", "aria-label": picture.alt }, blob.name ?? "?"));
  }, { once: true });
  picture.src = URL.createObjectURL(blob);
  return picture;
}
