/* Keeps the line that is being written above the buttons at the foot of a phone, whose height the
   style sheet gives as scroll padding: browsers heed it for fields, the text editor does not. */
const LEAST = 5; // Pixels round the caret, as the editor has them by itself.

function height() {
  return parseFloat(getComputedStyle(document.documentElement).scrollPaddingBlockEnd) || 0;
}

document.addEventListener("prose-editor:ready", ({ detail: { editor } }) => {
  const fit = () => {
    const scrollThreshold = { top: 0, right: 0, bottom: height(), left: 0 };
    const scrollMargin = { top: LEAST, right: LEAST, bottom: height() + LEAST, left: LEAST };
    const editorProps = { ...editor.options.editorProps, scrollThreshold, scrollMargin };
    editor.setOptions({ editorProps });
  };
  fit();
  addEventListener("resize", fit);
});
