"use strict";

// Says that a file is too large before it is sent, and that it is being sent.
{
  const form = document.querySelector("#importjob_form");

  for (const input of form.querySelectorAll("input[data-max-bytes]")) {
    input.addEventListener("change", () => {
      const limit = Number(input.dataset.maxBytes);
      const isTooLarge = [...input.files].some((file) => file.size > limit);
      input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
      input.reportValidity();
    });
  }

  form.addEventListener("submit", () => {
    const status = document.querySelector(".upload-status");
    status.textContent = status.dataset.text;
  });
}
