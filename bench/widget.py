"""How soon the chat page is usable on a slow processor: `python -m bench.widget http://localhost:5005/chat`.

Prints, over several loads of the page in Chromium with an empty cache and the processor slowed down: the milliseconds
from the script's start of loading to a widget that takes a question and to its greeting, and what the browser's own
performance interface says of the page.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
from typing import Any

from playwright.sync_api import Browser, sync_playwright

# Runs before the page's own scripts.
_OBSERVE = """
window.measured = { shift: 0, longest: 0, blocked: 0 };
new PerformanceObserver((list) => { for (const entry of list.getEntries()) measured.shift += entry.value; })
  .observe({ type: 'layout-shift', buffered: true });
new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) {
  measured.longest = Math.max(measured.longest, duration); measured.blocked += Math.max(0, duration - 50); } })
  .observe({ type: 'longtask', buffered: true });
const look = () => {
  const root = document.querySelector('signpost-chat')?.shadowRoot;
  if (root?.querySelector('textarea')) measured.usable ??= performance.now();
  if (root?.querySelector('.reply')) measured.greeted ??= performance.now();
  if (!measured.greeted) requestAnimationFrame(look);
};
look();
"""
_READ = """() => {
  const [page] = performance.getEntriesByType('navigation');
  const files = performance.getEntriesByType('resource');
  const modules = files.filter(({ name }) => name.includes('/widget/'));
  const start = Math.min(...modules.map(({ startTime }) => startTime));
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return {
    'script to usable, ms': measured.usable - start,
    'script to greeting, ms': measured.greeted - start,
    'DOMContentLoaded, ms': page.domContentLoadedEventEnd,
    'first contentful paint, ms': paint ? paint.startTime : NaN,
    'layout shift': measured.shift,
    'longest task, ms': measured.longest,
    'blocked, ms': measured.blocked,
    'requests': files.length + 1,
    'modules, bytes sent': modules.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  };
}"""


def main() -> None:
    """Measures and prints medians as JSON."""
    parser = argparse.ArgumentParser(prog="bench.widget", description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--slowed", type=float, default=4, help="how many times slower the processor runs")
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        loads = [_load(browser, options.address, options.slowed) for _ in range(options.times)]
        browser.close()
    print(json.dumps({key: round(statistics.median(load[key] for load in loads), 3) for key in loads[0]}, indent=2))


def _load(browser: Browser, address: str, slowed: float) -> dict[str, Any]:
    context = browser.new_context(viewport={"width": 412, "height": 823})
    page = context.new_page()
    page.add_init_script(_OBSERVE)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.goto(address)
    page.locator("signpost-chat .reply").wait_for()
    page.evaluate("new Promise((settled) => requestAnimationFrame(() => setTimeout(settled, 500)))")
    measured: dict[str, Any] = page.evaluate(_READ)
    context.close()
    return measured


if __name__ == "__main__":
    main()
