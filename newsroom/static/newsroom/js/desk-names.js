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

function nameEditor(area) {
  const label = labelOf(area);
  if (label) name(area.closest(".prose-editor")?.querySelector(".tiptap"), label);
}

document.addEventListener("prose-editor:ready", (event) => nameEditor(event.target));
document.querySelectorAll(".prose-editor textarea").forEach(nameEditor);

const jquery = globalThis.django?.jQuery;
jquery?.(() => document.querySelectorAll("select.admin-autocomplete").forEach(nameChoice));
jquery?.(document).on("select2:open", (event) => {
  const label = labelOf(event.target);
  if (label) name(document.querySelector(".select2-dropdown .select2-search__field"), label);
});
