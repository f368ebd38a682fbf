// Pictures go in by drawing, by choosing a file, or by dropping one.
import { board } from "./drawing.js";
import { make } from "./dom.js";
import { spoken, t } from "./words.js";

/** Build the easel into `place`; `asked(blob)` is called with each picture, null when there is none any more. */
export function pictureForm(place, model, asked, refused) {
  const shown = make("img", { alt: "", hidden: true });
  const sent = make("figure", { class: "sent", hidden: true }, shown, make("figcaption", { "data-t": "sent" }));
  const give = (blob) => {
    URL.revokeObjectURL(shown.src);
    sent.hidden = shown.hidden = !blob;
    if (blob) shown.src = URL.createObjectURL(blob);
    asked(blob);
  };
  const paper = model.drawing ? board(model.drawing, give) : null;
  const take = (file) => {
    if (!file) return;
    if (file.type.startsWith("image/")) give(file);
    else refused(t("notPicture"));
  };
  const input = make("input", { type: "file", accept: "image/*", id: "file", class: "hidden", onchange: () => take(input.files[0]) });
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
    make("div", {}, paper && make("p", { class: "quiet", "data-t": "draw" }), drop, sent),
  );
  place.replaceChildren(easel);
  spoken(() => {
    for (const each of easel.querySelectorAll("[data-t]")) each.textContent = t(each.dataset.t);
    paper?.canvas.setAttribute("aria-label", t("board"));
    shown.alt = t("picture");
  });
}

function receive(place, drop, take) {
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  for (const name of ["dragleave", "drop"]) place.addEventListener(name, () => drop.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
}
