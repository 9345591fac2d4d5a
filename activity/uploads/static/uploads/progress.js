"use strict";

// Updates the page of a running import in place, until the import has ended.
// Without this script the page reloads itself.
{
  const MILLISECONDS = 1500;
  const PARTS = ["h2", "progress", ".import-status", ".import-figures"];

  const fetched = async () => {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  };

  const bring = (current, next) => {
    for (const selector of PARTS) {
      const here = current.querySelector(selector);
      const there = next.querySelector(selector);
      if (here.outerHTML === there.outerHTML) continue;
      if (selector === "progress") here.value = there.value;
      else here.replaceChildren(...there.childNodes);
    }
  };

  const refresh = async () => {
    const next = (await fetched().catch(() => null))?.querySelector(".import-job");
    if (next && !next.hasAttribute("data-moving")) {
      location.reload();
      return;
    }
    if (next) bring(document.querySelector(".import-job"), next);
    setTimeout(refresh, MILLISECONDS);
  };

  setTimeout(refresh, MILLISECONDS);
}
