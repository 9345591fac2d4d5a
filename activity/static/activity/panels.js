"use strict";

// The panels of the filter bar: one open at a time, closed by Escape, by a click elsewhere and by
// leaving them; the closed panel tells what is chosen. Without this script they are plain
// <details>, and the form does the rest.
{
  const panels = () => document.querySelectorAll("[data-panel]");

  const closeOthers = (panel) => {
    for (const other of panels()) {
      if (other !== panel) other.open = false;
    }
  };

  const follow = (panel) => {
    panel.addEventListener("toggle", () => {
      if (panel.open) closeOthers(panel);
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !panel.open) return;
      event.stopPropagation();
      panel.open = false;
      panel.querySelector("summary").focus();
    });
    panel.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !panel.contains(event.relatedTarget)) panel.open = false;
    });
    document.addEventListener("pointerdown", (event) => {
      if (!panel.contains(event.target)) panel.open = false;
    });
  };

  const summarize = (panel) => {
    const checked = [...panel.querySelectorAll("input:checked")];
    const label = (box) => box.parentElement.querySelector("[data-label]").textContent;
    let text = panel.dataset.several.replace("{count}", checked.length);
    if (checked.length === 0) text = panel.dataset.none;
    if (checked.length === 1) text = label(checked[0]);
    panel.querySelector("[data-summary]").textContent = text;
  };

  const offerToClear = (panel, button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const box of panel.querySelectorAll("input:checked")) box.checked = false;
      summarize(panel);
    });
    panel.addEventListener("change", () => summarize(panel));
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const panel of panels()) {
      follow(panel);
      const button = panel.querySelector("[data-clear]");
      if (button) offerToClear(panel, button);
    }
  });
}
