/* Makes what word processors put on the clipboard into what a story may hold.
   Word writes each list item as a paragraph with an `mso-list` style; Google Docs wraps all in a
   bold tag that means nothing; headings often begin one level above a story's. */
import { Extension, Plugin } from "django-prose-editor/editor";

const ORDERED = /^\s*(\d+|[a-z]{1,3}|[ivxlc]+)[.)]/i;

function listLevel(paragraph) {
  const found = /mso-list:\s*l\d+\s+level(\d+)/i.exec(paragraph.getAttribute("style") || "");
  return found ? Number(found[1]) : 0;
}

function takeMarker(paragraph) {
  let marker = "";
  for (const span of paragraph.querySelectorAll("span")) {
    if (/mso-list:\s*ignore/i.test(span.getAttribute("style") || "")) {
      marker ||= span.textContent;
      span.remove();
    }
  }
  return marker;
}

function makeLists(root) {
  let open = [];
  for (const paragraph of [...root.querySelectorAll("p")]) {
    const level = listLevel(paragraph);
    if (!level) continue;
    const tag = ORDERED.test(takeMarker(paragraph)) ? "ol" : "ul";
    if (paragraph.previousElementSibling !== open[0]) open = [];
    open.length = Math.min(open.length, level);
    while (open.length < level) {
      const list = document.createElement(tag);
      if (open.length) open.at(-1).lastElementChild.append(list);
      else paragraph.before(list);
      open.push(list);
      if (open.length < level) list.append(document.createElement("li"));
    }
    const item = document.createElement("li");
    const inner = document.createElement("p");
    inner.append(...paragraph.childNodes);
    item.append(inner);
    open.at(-1).append(item);
    paragraph.remove();
  }
}

function unwrapGoogle(root) {
  const wrappers = 'b[id^="docs-internal-guid"], b[style*="font-weight:normal"]';
  for (const bold of root.querySelectorAll(wrappers)) bold.replaceWith(...bold.childNodes);
}

// The policy keeps style attributes from being applied, so the editor cannot see them: what they
// mean is written as elements here.
const MEANINGS = [
  [/font-weight:\s*(bold|[6-9]00)/i, "strong"],
  [/font-style:\s*italic/i, "em"],
  [/vertical-align:\s*super/i, "sup"],
  [/vertical-align:\s*sub\b/i, "sub"],
];

function nameEmphasis(root) {
  for (const span of root.querySelectorAll("span[style]")) {
    const style = span.getAttribute("style");
    for (const [pattern, tag] of MEANINGS) {
      if (!pattern.test(style) || !span.textContent.trim()) continue;
      const meaning = document.createElement(tag);
      meaning.append(...span.childNodes);
      span.append(meaning);
    }
  }
  for (const styled of root.querySelectorAll("[style]")) styled.removeAttribute("style");
}

function lowerHeadings(root) {
  if (!root.querySelector("h1")) return;
  for (const heading of [...root.querySelectorAll("h1, h2, h3, h4, h5, h6")]) {
    const lower = document.createElement(heading.localName === "h1" ? "h2" : "h3");
    lower.append(...heading.childNodes);
    heading.replaceWith(lower);
  }
}

// The editor knows no captions: the line that stands for one is what the desk makes one of.
function lineCaptions(root) {
  const sign = globalThis.gettext?.("Table:") ?? "Table:";
  for (const caption of root.querySelectorAll("table > caption")) {
    const words = caption.textContent.trim().replace(/\s+/g, " ");
    if (words) {
      const line = document.createElement("p");
      line.textContent = `${sign} ${words}`;
      caption.parentElement.before(line);
    }
    caption.remove();
  }
}

export function tidy(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const rest of page.querySelectorAll("style, script, meta, link, xml, title")) rest.remove();
  unwrapGoogle(page.body);
  makeLists(page.body);
  nameEmphasis(page.body);
  lowerHeadings(page.body);
  lineCaptions(page.body);
  return page.body.innerHTML.replaceAll("&nbsp;", " ");
}

export const PasteFromOffice = Extension.create({
  name: "PasteFromOffice",
  addProseMirrorPlugins() {
    return [new Plugin({ props: { transformPastedHTML: tidy } })];
  },
});
