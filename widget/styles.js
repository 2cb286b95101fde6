// @ts-check
// Lengths follow the text, which is never smaller than 16 px.

const BASE = `
:host { display: block; color-scheme: light;
  --accent: #0b5c46; --on-accent: #fff; --link: #0b5c46; --surface: #fff; --ink: #17211c; --alert: #a3261b;
  --font: system-ui, sans-serif; --height: 40em; --radius: 1em; }
@media (prefers-color-scheme: dark) { :host(:not([theme=light])) { color-scheme: dark;
  --accent: #8fd8bd; --on-accent: #08261d; --link: #8fd8bd; --surface: #171d1a; --ink: #edf2ef; --alert: #ff9c8f; } }
.root { all: initial; color: var(--ink); font: max(1rem, 16px)/1.5 var(--font); }
* { box-sizing: border-box; margin: 0;
  --muted: color-mix(in srgb, var(--ink) 78%, var(--surface)); --line: color-mix(in srgb, var(--ink) 58%, var(--surface));
  --hair: color-mix(in srgb, var(--ink) 15%, var(--surface)); --soft: color-mix(in srgb, var(--ink) 5%, var(--surface));
  --mine: color-mix(in srgb, var(--link) 15%, var(--surface)); }
:host([hidden]), [hidden], dialog:not([open]), .choices:empty { display: none !important; }
.unseen, [data-state^=sen] .state { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button, .row a { margin: 0; display: inline-flex; align-items: center; justify-content: center; min-height: max(2.75em, 44px); min-width: 2.75em; padding: .25em .9em;
  border: 1px solid var(--line); border-radius: 1.4em; background: var(--surface); color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
header button { flex: none; padding-inline: .75em; }
button:hover { text-decoration: underline; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.send, .open, .actions a { background: var(--accent); color: var(--on-accent); }
.open, dialog { position: fixed; z-index: 2147483647; inset: auto 1.25em 1.25em auto; box-shadow: 0 .4em 2em #0005; }
.open { min-height: 3.5em; padding-inline: 1.5em; border-radius: 2em; }
.panel { display: flex; flex-direction: column; width: 100%; padding: 0;
  border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); color: inherit; overflow: clip; }
dialog.panel { width: 26em; height: min(44em, 100vh - 2.5em); max-width: none; max-height: none; overflow: auto; }
header { position: sticky; top: 0; z-index: 1; display: flex; align-items: center; gap: .5em; padding: .6em .75em .6em 1em; border-bottom: 1px solid var(--hair); background: inherit; }
h2 { flex: 1; font-size: 1.0625em; line-height: 1.25; }
a { display: inline-block; padding: .75em .5em; margin-inline: -.5em; color: var(--link); font-weight: 600; overflow-wrap: anywhere; }
.row { display: flex; flex-wrap: wrap; gap: .5em; }
summary { min-height: max(2.75em, 44px); padding: .6em 0; color: var(--link); font-weight: 600; cursor: pointer; }
.help { flex: none; max-height: 40%; overflow: auto; padding-inline: 1em; border-bottom: 1px solid var(--hair); background: var(--soft); }
.help ul { padding: 0; }
.help li { display: flex; flex-wrap: wrap; gap: .25em 1em; align-items: center; justify-content: space-between; padding-bottom: .6em; }
.choices { padding-bottom: 1em; background: var(--surface); }
.choice { border-color: var(--link); color: var(--link); }
.log { flex: 1; min-height: 6em; overflow: auto; padding: 1em; outline-offset: -3px; }
section > .log { flex: none; height: calc(var(--height) - 17em); }
.message { scroll-margin-top: 6em; width: fit-content; max-width: min(94%, 36em); margin-bottom: .9em; padding: .7em 1em; border-radius: 1.1em 1.1em 1.1em .25em;
  background: var(--soft); overflow-wrap: anywhere; }
.question { margin-left: auto; border-radius: 1.1em 1.1em .25em 1.1em; background: var(--mine); white-space: pre-wrap; }
p + p, .message ul, .actions, .message details { margin-top: .4em; }
.message ul { padding-left: 1.2em; }
.aside { margin-bottom: .75em; color: var(--muted); font-size: .9375em; }
.signpost { margin-top: .6em; padding-top: .5em; border-top: 1px solid var(--line); font-weight: 600; }
.signpost li { font-weight: 400; }
.crisis { border: 2px solid var(--alert); }
.first { font-size: 1.25em; font-weight: 700; }
.state { display: block; color: var(--muted); font-size: .875em; }
.status:not(:empty) { padding: .5em 1em; border-top: 1px solid var(--hair); }
.busy::after { content: "…"; animation: pulse 1.2s infinite; }
@keyframes pulse { 50% { opacity: .2; } }
form { display: grid; grid-template-columns: 1fr auto; gap: .35em .5em; padding: .6em 1em; border-top: 1px solid var(--hair); }
label, .count { grid-column: 1 / -1; font-weight: 600; font-size: .9375em; }
textarea { min-width: 0; min-height: 2.75em; max-height: 6em; padding: .55em .8em; border: 1px solid var(--line); border-radius: 1em;
  background: var(--surface); color: inherit; font: inherit; resize: none; field-sizing: content; }
.send { align-self: end; }
footer { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1em; padding: 0 1em .4em; color: var(--muted); font-size: .875em; line-height: 1.3; }
footer > p { flex: 1; }
footer [open] { flex: 1 0 100%; padding-bottom: .6em; }
@media (max-width: 40em), (max-height: 36em) { dialog.panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; } }
@media (min-width: 40em) and (min-height: 36em) { .message:first-child + .choices { position: sticky; bottom: -1em; padding-top: .6em; } }
@media (max-height: 36em) {
  .panel { display: block; }
  .panel > .log { height: auto; }
}
@media (max-width: 24em) { .message { max-width: 100%; } }
@media (prefers-reduced-motion: reduce) { .busy::after { animation: none; } }
@media (forced-colors: active) { .message { border: 1px solid; } }
`;

const sheet = (/** @type {string} */ text) => {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
};

export const base = sheet(BASE);

/** The operator's colour of buttons, with black or white on it, whichever reads better. @param {string?} colour */
export function accent(colour) {
  const channels = /^#(..)(..)(..)$/.exec(colour ?? "")?.slice(1).map((each) => ((parseInt(each, 16) / 255 + 0.055) / 1.055) ** 2.4);
  if (!channels?.every(isFinite)) {
    if (colour) console.warn(`signpost-chat: accent="${colour}" is not of the form #0b5c46; not used.`);
    return [];
  }
  const [red, green, blue] = channels;
  const on = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
  return [sheet(`:host { --accent: ${colour} !important; --on-accent: ${on} !important; }`)];
}
