/** An element with attributes and children; text is always text, never markup. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A number as a person writes it, short enough to read. */
export function figure(value, locale, digits = 4) {
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: digits, useGrouping: true }).format(value);
}

/** A share as a percentage. */
export function percent(share, locale) {
  const digits = share > 0.9995 || share < 0.0005 ? 0 : 1;
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: digits }).format(share);
}
