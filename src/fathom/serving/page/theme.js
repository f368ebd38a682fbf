// Light or dark: as the system says, until somebody chooses.
import { spoken, t } from "./words.js";

/** Dress the page and wire the button that changes its dress. */
export function startTheme(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = remembered();
  const dark = () => (chosen ? chosen === "dark" : system.matches);
  const show = () => {
    document.documentElement.dataset.theme = dark() ? "dark" : "light";
    button.setAttribute("aria-pressed", String(dark()));
    button.textContent = t("dark");
  };
  system.addEventListener("change", show);
  button.addEventListener("click", () => {
    chosen = dark() ? "light" : "dark";
    try { localStorage.setItem("fathom-theme", chosen); } catch { /* private windows keep nothing */ }
    show();
  });
  spoken(show);
}

function remembered() {
  try { return localStorage.getItem("fathom-theme"); } catch { return null; }
}
