// A still from the camera. Browsers give it only to pages of the same machine or over https, and only if asked.
import { make } from "./dom.js";
import { t } from "./words.js";

const QUALITY = 0.92; // of the JPEG file

/** A button that opens the camera; `taken(blob)` is called with each still, `refused(sentence)` where there is none. */
export function camera(taken, refused) {
  const place = make("div", { class: "camera" });
  let stream = null;
  const close = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    place.replaceChildren(button("camera", open));
  };
  const open = async () => {
    if (!navigator.mediaDevices?.getUserMedia) return refused(t("cameraInsecure"));
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    } catch (error) {
      return refused(t({ NotAllowedError: "cameraDenied", NotFoundError: "cameraNone" }[error.name] ?? "cameraFailed"));
    }
    const film = make("video", { autoplay: true, playsinline: true, id: "film", "aria-label": t("cameraFilm") });
    film.muted = true;
    film.srcObject = stream;
    const shoot = () => still(film).then((blob) => blob && taken(blob));
    place.replaceChildren(film, make("div", { class: "actions" }, button("cameraTake", shoot, "main"), button("cameraClose", close)));
  };
  const button = (word, onclick, look = "") => make("button", { type: "button", class: look, "data-t": word, onclick }, t(word));
  close();
  return place;
}

function still(film) {
  if (!film.videoWidth) return Promise.resolve(null); // no picture has come yet
  const canvas = make("canvas", { width: film.videoWidth, height: film.videoHeight });
  canvas.getContext("2d").drawImage(film, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}
