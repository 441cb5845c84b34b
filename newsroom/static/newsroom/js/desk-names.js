/* Gives their label to what scripts of the admin draw in place of a field: neither select2's
   choices nor the text editor have a name of their own for those who listen. */
function labelOf(field) {
  const label = field.labels?.[0];
  if (label) label.id ||= `${field.id}_label`;
  return label;
}

function name(part, ...labels) {
  part?.setAttribute("aria-labelledby", labels.map((label) => label.id).join(" "));
}

function nameChoice(select) {
  const label = labelOf(select);
  const drawn = select.nextElementSibling;
  if (!label || !drawn?.matches(".select2")) return;
  const chosen = drawn.querySelector("[role='textbox'].select2-selection__rendered");
  name(drawn.querySelector(".select2-selection"), ...[label, chosen].filter(Boolean));
  name(chosen, label);
  name(drawn.querySelector(".select2-search__field"), label);
}

// The editor's buttons are off by their looks alone.
function sayWhatIsOff(editor) {
  const say = () => {
    for (const button of editor.querySelectorAll(".prose-menubar__button")) {
      button.setAttribute("aria-disabled", button.classList.contains("disabled"));
    }
  };
  say();
  new MutationObserver(say).observe(editor, { attributeFilter: ["class"], subtree: true });
}

function nameEditor(area) {
  const label = labelOf(area);
  const editor = area.closest(".prose-editor");
  if (!editor) return;
  if (label) name(editor.querySelector(".tiptap"), label);
  sayWhatIsOff(editor);
}

document.addEventListener("prose-editor:ready", (event) => nameEditor(event.target));
document.querySelectorAll(".prose-editor textarea").forEach(nameEditor);

const jquery = globalThis.django?.jQuery;
jquery?.(() => document.querySelectorAll("select.admin-autocomplete").forEach(nameChoice));
jquery?.(document).on("select2:open", (event) => {
  const label = labelOf(event.target);
  if (label) name(document.querySelector(".select2-dropdown .select2-search__field"), label);
});
