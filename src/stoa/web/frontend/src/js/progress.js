// SPDX-License-Identifier: EUPL-1.2
// Asks how far a job is, less often the longer it takes, and goes on when it is done.
const LEAST_MS = 700;
const MOST_MS = 8000;
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

export function enhance(box) {
  const url = box.dataset.poll;
  if (!url || url.startsWith("#")) return;
  const [words, share, bar] = ["[data-words]", "[data-share]", "progress"].map((one) => box.querySelector(one));
  let wait = LEAST_MS;
  const ask = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" });
        if (answer.ok && show(await answer.json())) return;
      } catch {
        // The network may come back: ask again later.
      }
      wait = Math.min(MOST_MS, wait * 1.25);
    }
    setTimeout(ask, wait);
  };
  const show = (job) => {
    if (job.label && words.textContent !== job.label) words.textContent = job.label;
    if (typeof job.share === "number") {
      bar.value = job.share;
      share.textContent = percent.format(job.share);
    } else {
      bar.removeAttribute("value");
      share.textContent = "";
    }
    if (!job.is_done) return false;
    const next = job.next_url || box.dataset.next;
    if (next) location.assign(next);
    else location.reload();
    return true;
  };
  setTimeout(ask, wait);
}
