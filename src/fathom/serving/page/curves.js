// Lines and bands over steps of time, as an SVG of the width that there is.
import { figure } from "./dom.js";
import { locale } from "./words.js";

const [LEFT, RIGHT, BOTTOM, TOP] = [52, 8, 26, 10];
const HEIGHT = { whole: 220, low: 130 };
const LABEL = 84; // what a time takes of the width

/**
 * A chart. `lines`: values from a step on, with a look; `bands`: low and high alike; `times`: one of each step; `now`: the
 * last step that is known; `low`: less high.
 */
export function chart({ name, width, lines, bands = [], times, now = -1, low = false }) {
  const height = low ? HEIGHT.low : HEIGHT.whole;
  const values = [...lines.flatMap((line) => line.values), ...bands.flatMap((band) => [...band.low, ...band.high])].filter(Number.isFinite);
  let [least, most] = [Math.min(...values), Math.max(...values)];
  if (least === most) [least, most] = [least - (Math.abs(least) || 1) / 10, most + (Math.abs(most) || 1) / 10];
  const x = (step) => LEFT + ((width - LEFT - RIGHT) * step) / Math.max(times.length - 1, 1);
  const y = (value) => height - BOTTOM - ((height - BOTTOM - TOP) * (value - least)) / (most - least);
  const at = (step, value) => `${x(step).toFixed(1)} ${y(value).toFixed(1)}`;
  const marks = [];
  for (const value of low ? [least, most] : [least, (least + most) / 2, most]) {
    marks.push(shape("path", { d: `M${LEFT} ${y(value).toFixed(1)}H${width - RIGHT}`, class: "rule" }));
    marks.push(words(LEFT - 6, y(value) + 4, figure(value, locale(), 3), "end"));
  }
  for (const band of bands) {
    const wide = band.low.length === 1 ? 3 : 0; // of one step a band is a bar
    const corner = (step, value, side) => `${(x(band.from + step) + side).toFixed(1)} ${y(value).toFixed(1)}`;
    const edge = (values) => (wide ? [corner(0, values[0], -wide), corner(0, values[0], wide)] : values.map((value, step) => corner(step, value, 0)));
    const [there, back] = [edge(band.low), edge(band.high).reverse()];
    marks.push(shape("path", { d: `M${[...there, ...back].join("L")}Z`, class: `band ${band.look}` }));
  }
  for (const line of lines) {
    if (line.values.length > 1) marks.push(shape("path", { d: `M${line.values.map((value, step) => at(line.from + step, value)).join("L")}`, class: line.look }));
    else if (line.values.length && !bands.length) marks.push(shape("circle", { cx: x(line.from), cy: y(line.values[0]), r: 2.5, class: line.look }));
  }
  marks.push(words(LEFT, height - 8, day(times[0]), "start"), words(width - RIGHT, height - 8, day(times.at(-1)), "end"));
  if (now >= 0 && x(now) - LEFT > 1.5 * LABEL && width - RIGHT - x(now) > 1.5 * LABEL) marks.push(words(x(now), height - 8, day(times[now]), "middle"));
  return shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "forecast", "aria-label": name }, ...marks);
}

/** A time as a person reads it: no midnight, no seconds that are none. */
export const day = (time) => String(time).replace("T00:00:00", "").replace("T", " ").replace(/( \d\d:\d\d):00$/, "$1");

function shape(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const words = (x, y, text, anchor) => shape("text", { x, y, "text-anchor": anchor }, text);
