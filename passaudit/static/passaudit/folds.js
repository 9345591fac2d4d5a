"use strict";

// The menu, and whatever else says so, starts folded on phones. Without this script it is open.
{
  const foldOnPhones = () => {
    const isPhone = matchMedia("(max-width: 767px)").matches;
    for (const fold of document.querySelectorAll("[data-fold-on-phones]")) {
      fold.open = !isPhone;
      fold.dataset.folded = "";
    }
  };

  document.addEventListener("DOMContentLoaded", foldOnPhones);
}
