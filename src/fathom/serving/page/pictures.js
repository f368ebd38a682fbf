// Pictures go in by drawing, by choosing files, by dropping them, or from the camera.
import { board } from "./drawing.js";
import { camera } from "./camera.js";
import { make } from "./dom.js";
import { image } from "./image.js";
import { spoken, t } from "./words.js";

/** Build the easel into `place`; `asked(blobs)` is called with the pictures given, null when there is none any more. */
export function pictureForm(place, model, asked, refused) {
  const about = make("figcaption", { "data-t": "sent" });
  const sent = make("figure", { class: "sent", hidden: true }, about);
  const look = (blob) => {
    sent.hidden = !blob;
    if (blob) sent.replaceChildren(image(blob, { alt: t("picture") }), about);
  };
  const give = (blob) => {
    look(blob);
    asked(blob && [blob]);
  };
  const paper = model.drawing ? board(model.drawing, give) : null;
  const take = (files) => {
    const pictures = [...files].filter(({ type }) => !type || type.startsWith("image/")); // by their names; the server looks inside
    if (pictures.length) {
      look(pictures[0]);
      asked(pictures);
    }
    if (pictures.length < files.length) refused(t("notPicture"));
  };
  const choose = () => {
    take(input.files);
    input.value = ""; // the same file can be chosen again
  };
  const input = make("input", { type: "file", accept: "image/*", multiple: true, id: "file", class: "hidden", onchange: choose });
  const drop = make(
    "div", { class: "drop" },
    input, make("label", { for: "file", "data-t": "choose" }), make("br"), make("span", { class: "quiet", "data-t": "drop" }),
  );
  receive(place, drop, take);
  const easel = make(
    "div", { class: paper ? "easel" : "" },
    paper && make(
      "div", {},
      paper.canvas,
      make(
        "div", { class: "actions" },
        make("button", { type: "button", "data-t": "clear", onclick: paper.clear }),
        make("button", { type: "button", "data-t": "undo", onclick: paper.undo }),
      ),
    ),
    make("div", {}, paper && make("p", { class: "quiet", "data-t": "draw" }), drop, camera(give, refused), sent),
  );
  place.replaceChildren(easel);
  spoken(() => {
    for (const each of easel.querySelectorAll("[data-t]")) each.textContent = t(each.dataset.t);
    paper?.canvas.setAttribute("aria-label", t("board"));
    const picture = sent.querySelector("img");
    if (picture) picture.alt = t("picture");
  });
  return { look };
}

function receive(place, drop, take) {
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  for (const name of ["dragleave", "drop"]) place.addEventListener(name, () => drop.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
}
