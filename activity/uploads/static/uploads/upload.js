"use strict";

// Rejects files that are too large before the upload, and shows that an upload is running.
{
  const form = document.querySelector("#importjob_form");
  const inputs = [...form.querySelectorAll("input[data-max-bytes]")];

  const check = (input) => {
    const limit = Number(input.dataset.maxBytes);
    const isTooLarge = [...input.files].some((file) => file.size > limit);
    input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
    return !isTooLarge || input.reportValidity();
  };

  for (const input of inputs) input.addEventListener("change", () => check(input));

  form.addEventListener("submit", (event) => {
    if (!inputs.every(check)) {
      event.preventDefault(); // the admin's forms do not validate by themselves
      return;
    }
    const status = document.querySelector(".upload-status");
    status.textContent = status.dataset.text;
  });
}
