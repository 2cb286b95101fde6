// @ts-check
// Made from data/helplines.yml by `python -m signpost.widget_data`. Change that file, not this one.

/** @type {Record<string, import("./types").Country>} */
export const HELPLINES = {
  US: { within: "the United States", emergency: "911", lines: [
    { name: "Emergency", call: "911", hours: "24/7" },
    { name: "988 Suicide & Crisis Lifeline", call: "988", text: "988", hours: "24/7" },
    { name: "SAMHSA National Helpline", call: "1-800-662-4357", text: "435748", write: "your ZIP code", hours: "24/7" },
    { name: "Never Use Alone", call: "800-484-3731", also: "877-696-1996", hours: "24/7" },
    { name: "FindTreatment.gov", web: "https://findtreatment.gov/" },
    { name: "SafeSpot", call: "800-972-0590", hours: "24/7" },
    { name: "Poison Control", call: "1-800-222-1222", hours: "24/7" },
    { name: "Crisis Text Line", text: "741741", body: "HOME", hours: "24/7" },
  ] },
  CA: { within: "Canada", emergency: "911", lines: [
    { name: "Emergency", call: "911" },
    { name: "9-8-8 Suicide Crisis Helpline", call: "988", text: "988", hours: "24/7" },
    { name: "National Overdose Response Service", call: "1-888-688-6677", text: "1-888-688-6677" },
    { name: "Health Canada: get help with substance use", web: "https://www.canada.ca/en/health-canada/services/substance-use/get-help/get-help-problematic-substance-use.html" },
  ] },
  GB: { within: "the United Kingdom", emergency: "999", lines: [
    { name: "Emergency", call: "999" },
    { name: "Samaritans", call: "116 123", hours: "24/7" },
    { name: "FRANK", call: "0300 123 6600", text: "82111", hours: "24/7" },
    { name: "Shout", text: "85258", body: "SHOUT", hours: "24/7" },
    { name: "NHS 111 mental health option", call: "111", hours: "24/7" },
  ] },
  "GB-WLS": { within: "Wales", emergency: "999", lines: [
    { name: "Emergency", call: "999" },
    { name: "Samaritans", call: "116 123", hours: "24/7" },
    { name: "DAN 24/7", call: "0808 808 2234", hours: "24/7" },
    { name: "Shout", text: "85258", body: "SHOUT", hours: "24/7" },
    { name: "NHS 111 mental health option", call: "111", hours: "24/7" },
    { name: "FRANK", call: "0300 123 6600", text: "82111", hours: "24/7" },
  ] },
  "GB-NIR": { within: "Northern Ireland", emergency: "999", lines: [
    { name: "Emergency", call: "999" },
    { name: "Lifeline", call: "0808 808 8000", hours: "24/7" },
    { name: "FRANK", call: "0300 123 6600", text: "82111", hours: "24/7" },
    { name: "Samaritans", call: "116 123", hours: "24/7" },
    { name: "Shout", text: "85258", body: "SHOUT", hours: "24/7" },
  ] },
  IE: { within: "Ireland", emergency: "112 or 999", lines: [
    { name: "Emergency", call: "112", also: "999" },
    { name: "Samaritans", call: "116 123", hours: "24/7" },
    { name: "HSE Drugs and Alcohol Helpline", call: "1800 459 459", hours: "Mon-Fri 09:30-17:30" },
    { name: "Text About It", text: "50808", body: "HELLO", hours: "24/7" },
  ] },
  AU: { within: "Australia", emergency: "000", lines: [
    { name: "Emergency", call: "000" },
    { name: "Lifeline", call: "13 11 14", text: "0477 13 11 14", hours: "24/7" },
    { name: "National Alcohol and Other Drug Hotline", call: "1800 250 015", hours: "24/7 (SA 08:30-22:00)" },
  ] },
  NZ: { within: "New Zealand", emergency: "111", lines: [
    { name: "Emergency", call: "111" },
    { name: "1737 Need to talk?", call: "1737", text: "1737", hours: "24/7" },
    { name: "Alcohol Drug Helpline", call: "0800 787 797", text: "8681", hours: "24/7" },
  ] },
  IN: { within: "India", emergency: "112", lines: [
    { name: "Emergency", call: "112" },
    { name: "Tele-MANAS", call: "14416", hours: "24/7" },
  ] },
  ZA: { within: "South Africa", emergency: "10111", lines: [
    { name: "Police emergency", call: "10111" },
    { name: "Suicide Crisis Helpline (SADAG)", call: "0800 567 567", hours: "24/7" },
    { name: "DSD Substance Abuse Helpline (SADAG)", call: "0800 12 13 14", text: "32312", hours: "24/7" },
  ] },
  MX: { within: "Mexico", emergency: "911", lines: [
    { name: "Emergency", call: "911" },
    { name: "Línea de la Vida", call: "800 911 2000", hours: "24/7" },
  ] },
  EU: { within: "the European Union", emergency: "112", lines: [
    { name: "Emergency", call: "112" },
    { name: "Find A Helpline", web: "https://findahelpline.com/" },
  ] },
  XX: { within: "your country", emergency: "your local emergency number (112 on most mobile phones)", lines: [
    { name: "Your local emergency number", call: "112 on most mobile phones" },
    { name: "Find A Helpline", web: "https://findahelpline.com/" },
  ] },
};
