// SPDX-License-Identifier: EUPL-1.2
// A file field becomes a place to drop a file, and its form shows how much has been sent. Without script it is a
// plain form with a plain answer; the server sees no difference.
const size = (bytes) => {
  const power = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const unit = ["byte", "kilobyte", "megabyte", "gigabyte"][power];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / 1000 ** power);
};
const percent = (share) => new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(share);

export function enhance(field) {
  const drop = field.querySelector(".drop");
  const input = field.querySelector('input[type="file"]');
  drop.querySelector("[data-invite]").hidden = false;
  const show = () => {
    const chosen = drop.querySelector("[data-chosen]");
    chosen.hidden = !input.files.length;
    chosen.textContent = [...input.files].map((file) => `${file.name} (${size(file.size)})`).join(", ");
  };
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", (event) => drop.contains(event.relatedTarget) || drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
  input.form?.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    send(input.form, event.submitter, drop);
  });
}

function send(form, submitter, drop) {
  const box = drop.querySelector("[data-sending]");
  const [words, share, progress] = ["[data-words]", "[data-share]", "progress"].map((one) => box.querySelector(one));
  const data = new FormData(form, submitter);
  const request = new XMLHttpRequest();
  const fail = () => {
    words.textContent = words.dataset.failedWords;
    if (submitter) submitter.disabled = false;
  };
  box.hidden = false;
  words.textContent = words.dataset.sendingWords;
  if (submitter) submitter.disabled = true;
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    progress.value = event.loaded / event.total;
    share.textContent = percent(progress.value);
  });
  request.upload.addEventListener("load", () => {
    words.textContent = words.dataset.readingWords;
    progress.removeAttribute("value");
    share.textContent = "";
  });
  request.addEventListener("load", () => {
    if (request.status === 0 || request.status === 502 || request.status === 503) return fail();
    const isElsewhere = request.responseURL.split("#")[0] !== form.action.split("#")[0];
    if (isElsewhere && request.status < 400) return location.assign(request.responseURL);
    showAnswer(request.responseText);
  });
  request.addEventListener("error", fail);
  request.addEventListener("abort", fail);
  request.open("POST", form.action);
  request.send(data);
}

/** The form came back with mistakes, or a refusal: show that page as if it had been loaded. */
function showAnswer(html) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  document.title = answer.title;
  const main = document.querySelector("main");
  main.replaceChildren(...answer.querySelector("main").childNodes);
  main.querySelectorAll("[data-upload]").forEach(enhance);
  (main.querySelector("[data-error-summary]") ?? main).focus();
  window.scrollTo(0, 0);
}
