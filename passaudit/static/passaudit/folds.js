"use strict";

// What is folded at first where there is little room: the menu on narrow screens, the filters on
// phones. Without this script everything is open. The widths are those of frame.css.
{
  const WIDTHS = { narrow: 1023, phone: 767 };

  document.addEventListener("DOMContentLoaded", () => {
    for (const fold of document.querySelectorAll("[data-fold]")) {
      fold.open = !matchMedia(`(max-width: ${WIDTHS[fold.dataset.fold]}px)`).matches;
      fold.dataset.folded = "";
    }
  });
}
