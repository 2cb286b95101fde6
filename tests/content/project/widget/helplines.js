// @ts-check
// Made from data/helplines.yml by `python -m signpost.widget_data`. Change that file, not this one.

/** @type {Record<string, import("./types").Country>} */
export const HELPLINES = {
  AA: { within: "Aland", emergency: "111", lines: [
    { name: "Emergency", call: "111" },
    { name: "Aland Line", call: "555" },
  ] },
  BB: { within: "Boland", emergency: "222", lines: [
    { name: "Emergency", call: "222" },
    { name: "Boland Line", call: "555" },
  ] },
};
