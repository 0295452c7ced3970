// Moves the focus to what the reader must see first, such as a summary of errors.
export default function focus(element) {
  element.focus();
}
