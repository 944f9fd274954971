/** What strangers have sent is shown as text, never as HTML. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name === 'share') made.style.setProperty('--share', `${value}%`);
    else if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name === 'className' ? 'class' : name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

export const find = (selector) => document.querySelector(selector);

/** Says it, or nothing. */
export function say(place, text) {
  place.textContent = text ?? '';
  place.hidden = !text;
}

/** One of the three at a time: `sign-in`, `sites`, `site`. Whoever reads by ear is told by its heading. */
export function show(part) {
  for (const each of ['sign-in', 'sites', 'site']) find(`#${each}`).hidden = each !== part;
  find(`#${part} h1`).focus();
}
