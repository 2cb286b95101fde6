// @ts-check
// Lengths are in em, so that they follow the text, which is never smaller than 16 px.

const BASE = `
:host { all: initial; display: block; color: var(--ink); color-scheme: light; font: max(1rem, 16px)/1.5 var(--signpost-font, system-ui, sans-serif);
  --a: #0b5c46; --o: #fff; --s: #fff; --i: #17211c; --alert: #a3261b;
  --accent: var(--signpost-accent, var(--a)); --on-accent: var(--signpost-on-accent, var(--o)); --link: var(--signpost-link, var(--a));
  --surface: var(--signpost-surface, var(--s)); --ink: var(--signpost-ink, var(--i)); }
@media (prefers-color-scheme: dark) { :host(:not([theme=light])) { color-scheme: dark;
  --a: #8fd8bd; --o: #08261d; --s: #171d1a; --i: #edf2ef; --alert: #ff9c8f; } }
* { box-sizing: border-box; margin: 0;
  --muted: color-mix(in srgb, var(--ink) 78%, var(--surface)); --line: color-mix(in srgb, var(--ink) 58%, var(--surface));
  --hair: color-mix(in srgb, var(--ink) 15%, var(--surface)); --soft: color-mix(in srgb, var(--ink) 5%, var(--surface));
  --mine: color-mix(in srgb, var(--link) 15%, var(--surface)); }
:host([hidden]), [hidden], dialog:not([open]) { display: none !important; }
.unseen, [data-state=sent] .state { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button, .row a { display: inline-flex; align-items: center; justify-content: center; min-height: 2.75em; min-width: 2.75em; padding: .25em .9em;
  border: 1px solid var(--line); border-radius: 1.4em; background: var(--surface); color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button:hover { text-decoration: underline; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.send, .open, .crisis .row a { background: var(--accent); color: var(--on-accent); }
.open, dialog { position: fixed; z-index: 2147483647; inset: auto 1.25em 1.25em auto; box-shadow: 0 .4em 2em #0005; }
.open { min-height: 3.5em; padding-inline: 1.5em; border-radius: 2em; }
.panel { display: flex; flex-direction: column; width: 100%; height: var(--signpost-height, 40em); padding: 0;
  border: 1px solid var(--line); border-radius: var(--signpost-radius, 1em); background: var(--surface); color: inherit; overflow: clip; }
dialog.panel { width: 26em; height: min(44em, 100vh - 2.5em); max-width: none; max-height: none; }
header { display: flex; align-items: center; gap: .5em; padding: .6em .75em .6em 1em; border-bottom: 1px solid var(--hair); background: inherit; }
h2 { flex: 1; font-size: 1.0625em; line-height: 1.25; }
a { color: var(--link); font-weight: 600; overflow-wrap: anywhere; }
p a, li a { display: inline-block; min-width: 2.75em; padding-block: .625em; }
.row { display: flex; flex-wrap: wrap; gap: .5em; }
summary { min-height: 2.75em; padding: .6em 0; color: var(--link); font-weight: 600; cursor: pointer; }
.help { flex: none; max-height: 50%; overflow: auto; padding-inline: 1em; border-bottom: 1px solid var(--hair); background: var(--soft); }
.help ul { padding: 0; }
.help li { display: flex; flex-wrap: wrap; gap: .25em 1em; align-items: center; justify-content: space-between; padding-bottom: .6em; }
.log { flex: 1; min-height: 0; overflow: auto; padding: 1em; outline-offset: -3px; }
.message { width: fit-content; max-width: 94%; margin-bottom: .9em; padding: .7em 1em; border-radius: 1.1em 1.1em 1.1em .25em;
  background: var(--soft); overflow-wrap: anywhere; }
.question { margin-left: auto; border-radius: 1.1em 1.1em .25em 1.1em; background: var(--mine); white-space: pre-wrap; }
.message p + p, .message ul, .message .row, .message details { margin-top: .4em; }
.message ul { padding-left: 1.2em; }
.aside { margin-bottom: .75em; color: var(--muted); font-size: .9375em; }
.signpost { margin-top: .6em; padding-top: .5em; border-top: 1px solid var(--line); font-weight: 600; }
.signpost li { font-weight: 400; }
.crisis { border-left: .35em solid var(--alert); }
.first { font-size: 1.25em; font-weight: 700; }
.state { display: block; color: var(--muted); font-size: .875em; }
[data-state=sending] .state { animation: late 0s .4s both; }
@keyframes late { from { visibility: hidden; } }
.choices { margin-bottom: 1em; }
.choices button { border-color: var(--link); color: var(--link); }
.status { padding-inline: 1em; }
.status:not(:empty) { padding-block: .5em; border-top: 1px solid var(--hair); }
.busy::after { content: "…"; animation: pulse 1.2s infinite; }
@keyframes pulse { 50% { opacity: .2; } }
form { display: grid; grid-template-columns: 1fr auto; gap: .35em .5em; padding: .6em 1em; border-top: 1px solid var(--hair); }
label, .count { grid-column: 1 / -1; font-weight: 600; font-size: .9375em; }
textarea { min-width: 0; min-height: 2.75em; max-height: 8em; padding: .55em .8em; border: 1px solid var(--line); border-radius: 1em;
  background: var(--surface); color: inherit; font: inherit; resize: none; field-sizing: content; }
.send { align-self: end; }
footer { padding: 0 1em .6em; color: var(--muted); font-size: .875em; }
footer button { min-height: 3.15em; padding: .25em .4em; border-color: transparent; background: none; color: var(--link); text-decoration: underline; }
@media (max-width: 40em), (max-height: 36em) { dialog.panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; } }
@media (max-height: 36em) {
  .panel { display: block; height: auto; }
  dialog.panel { overflow: auto; }
  header { position: sticky; top: 0; z-index: 1; }
}
@media (max-width: 24em) { .message { max-width: 100%; } header { flex-wrap: wrap; } }
@media (prefers-reduced-motion: reduce) { .busy::after { animation: none; } }
@media (forced-colors: active) { .message { border: 1px solid; } }
`;

/** @param {string} text */
function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

export const base = sheet(BASE);

/** The operator's colour of buttons, with black or white on it, whichever can be read. @param {string?} colour */
export function accent(colour) {
  if (!colour) return [];
  const canvas = /** @type {any} */ (document.createElement("canvas").getContext("2d"));
  // Nothing is drawn: the canvas only writes any opaque colour as #rrggbb.
  canvas.fillStyle = colour;
  const hex = CSS.supports("color", colour) && /^#(..)(..)(..)$/.exec(canvas.fillStyle);
  if (!hex) {
    console.warn(`signpost-chat: accent="${colour}" is no opaque colour such as #0b5c46; not used.`);
    return [];
  }
  const [red, green, blue] = hex.slice(1).map((channel) => ((parseInt(channel, 16) / 255 + 0.055) / 1.055) ** 2.4);
  const on = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
  return [sheet(`:host { --accent: ${hex[0]} !important; --on-accent: ${on} !important; }`)];
}
