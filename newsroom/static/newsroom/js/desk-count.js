/* Says how many characters a field has, where it names a length that stands well. */
for (const field of document.querySelectorAll("[data-count]")) {
  const count = document.createElement("output");
  count.className = "story-form__count";
  const show = () => {
    count.textContent = `${field.value.length} / ${field.dataset.count}`;
    count.classList.toggle("story-form__count--over", field.value.length > Number(field.dataset.count));
  };
  field.after(count);
  field.addEventListener("input", show);
  show();
}
