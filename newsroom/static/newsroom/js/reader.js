/* What readers' pages do more where a script runs: light or dark by choice, copying a story's
   address, a reading list kept in this browser, keys in a gallery. Every page works without;
   nothing is sent. A plain script, early in the head: the chosen colours must stand before the
   first paint. */
"use strict";
{
  const words = document.currentScript.dataset; // What it says, in the page's language.

  /* Storage may be switched off, full or hold what somebody else wrote: then nothing is kept. */
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const keep = (name, value) => {
    try {
      localStorage.setItem(name, value);
      return true;
    } catch {
      return false;
    }
  };
  const make = (tag, about, ...inner) => {
    const element = Object.assign(document.createElement(tag), about);
    element.append(...inner);
    return element;
  };

  /* Light or dark. The desk's own choice bears the same name and values. */
  const THEMES = ["light", "dark"];
  const theme = () => (THEMES.includes(kept("theme")) ? kept("theme") : "auto");
  const show = () => {
    document.documentElement.dataset.theme = theme();
  };
  show();

  const offerThemes = (group) => {
    group.hidden = false;
    const mark = () => {
      for (const choice of group.elements) choice.checked = choice.value === theme();
    };
    mark();
    group.addEventListener("change", (event) => {
      keep("theme", event.target.value);
      show();
    });
    addEventListener("storage", () => {
      show();
      mark();
    });
  };

  /* The reading list: paths of stories and their headlines, the newest first. */
  const LIST = "reading-list";
  const STORY = /^\/\d{4}\/\d{2}\/[a-z0-9-]+\/$/;
  const MOST = 200;
  const readList = () => {
    try {
      const rows = JSON.parse(kept(LIST));
      return rows.filter((row) => STORY.test(row.path) && typeof row.headline === "string");
    } catch {
      return [];
    }
  };
  const writeList = (rows) => keep(LIST, JSON.stringify(rows.slice(0, MOST)));

  /* Beside the sharing links of a story: copy its address, save it for later. */
  const offerTools = (links) => {
    const said = make("p", { className: "share-tool__said" });
    said.setAttribute("role", "status");
    links.after(said);
    const offer = (button) => links.append(make("li", { className: "share-tool" }, button));
    if (navigator.clipboard) offer(copyButton(said));
    if (STORY.test(location.pathname)) offer(saveButton(said));
  };

  const copyButton = (said) => {
    const button = make("button", { type: "button", textContent: words.copy });
    button.addEventListener("click", async () => {
      const address = document.querySelector("link[rel=canonical]")?.href ?? location.href;
      try {
        await navigator.clipboard.writeText(address);
        said.textContent = words.copied;
      } catch {
        said.textContent = address; // Not allowed here, but it may be copied by hand.
      }
    });
    return button;
  };

  const saveButton = (said) => {
    const path = location.pathname;
    const button = make("button", { type: "button" });
    const isSaved = () => readList().some((row) => row.path === path);
    const name = () => {
      button.textContent = isSaved() ? words.unsave : words.save;
    };
    button.addEventListener("click", () => {
      const others = readList().filter((row) => row.path !== path);
      const headline = document.querySelector("h1").textContent.trim();
      const done = writeList(isSaved() ? others : [{ path, headline }, ...others]);
      said.textContent = !done ? words.full : isSaved() ? words.saved : words.unsaved;
      name();
    });
    name();
    return button;
  };

  /* A picture of a gallery opened large: arrows lead on, Escape leads back to the story, and one
     press of the browser's Back leaves, however many were seen. */
  const KEYS = { ArrowLeft: "previous", ArrowRight: "next", Escape: "back" };
  const walkGallery = (gallery) => {
    gallery.addEventListener("click", (event) => {
      const way = event.target.closest(".lightbox a");
      if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      location.replace(way.hash);
    });
    addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      gallery.querySelector(`.lightbox:target .lightbox__${KEYS[event.key]}`)?.click();
    });
  };

  /* The page of the reading list. */
  const showList = (page) => {
    const part = (name) => page.querySelector(`[data-${name}]`);
    const say = (sentence) => (part("said").textContent = sentence);
    part("plain").hidden = true;

    const item = (row) => {
      const remove = make("button", { type: "button", textContent: page.dataset.remove });
      remove.className = "button button--quiet";
      remove.setAttribute("aria-label", `${page.dataset.remove}: ${row.headline}`);
      remove.addEventListener("click", () => {
        writeList(readList().filter((other) => other.path !== row.path));
        say(page.dataset.removed);
        draw();
        (part("stories").querySelector("button") ?? page.querySelector("h1")).focus();
      });
      return make("li", {}, make("a", { href: row.path, textContent: row.headline }), remove);
    };

    const draw = () => {
      const rows = readList();
      part("stories").replaceChildren(...rows.map(item));
      part("stories").hidden = part("tools").hidden = rows.length === 0;
      part("empty").hidden = rows.length > 0;
    };

    part("export").addEventListener("click", () => {
      const links = readList().map((row) =>
        make("li", {}, make("a", { href: new URL(row.path, location.href).href, textContent: row.headline })),
      );
      const html = `<!doctype html><meta charset="utf-8"><ul>${make("ul", {}, ...links).innerHTML}</ul>`;
      const address = URL.createObjectURL(new Blob([html], { type: "text/html" }));
      make("a", { href: address, download: part("export").dataset.export }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    });
    part("clear").addEventListener("click", () => {
      writeList([]);
      draw();
      say(page.dataset.cleared);
      page.querySelector("h1").focus();
    });
    page.querySelector("h1").tabIndex = -1;
    addEventListener("storage", draw);
    draw();
  };

  const BEHAVIOURS = [
    ["[data-theme-choice]", offerThemes],
    ["[data-share], .share__links", offerTools],
    ["[data-gallery]", walkGallery],
    ["[data-reading-list]", showList],
  ];
  document.addEventListener("DOMContentLoaded", () => {
    for (const [place, enhance] of BEHAVIOURS) {
      for (const element of document.querySelectorAll(place)) enhance(element);
    }
  });
}
