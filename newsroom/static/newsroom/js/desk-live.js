/* Shows a mailing's figures anew every few seconds, without losing what somebody reads or types.
   Where no script runs the page refreshes itself. */
const page = document.querySelector("[data-refresh]");

async function renew() {
  const shown = page.querySelector("[data-live]");
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const text = answer.ok && !answer.redirected ? await answer.text() : "";
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
    if (!fresh) return;
    if (fresh.dataset.state !== shown.dataset.state) {
      location.reload(); /* Other buttons are right now. */
      return;
    }
    const focused = shown.contains(document.activeElement) && document.activeElement.search;
    shown.replaceWith(document.adoptNode(fresh));
    if (focused) fresh.querySelector(`a[href^="${focused}"]`)?.focus({ preventScroll: true });
  } catch {
    /* The network is away; the next try may find it. */
  }
  wait();
}

function wait() {
  setTimeout(() => (document.hidden ? wait() : renew()), Number(page.dataset.refresh) * 1000);
}

wait();
