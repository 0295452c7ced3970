// What stands on the board: whether words of it are being selected, and how it is replaced without moving the reader.
export function selectionWithin(board) {
  const selection = document.getSelection();
  return !selection.isCollapsed && board.contains(selection.anchorNode);
}

export function replaceContent(board, html) {
  const focusedId = board.contains(document.activeElement) ? document.activeElement.id : '';
  const scrollLeft = board.querySelector('.table-scroll')?.scrollLeft ?? 0;
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  board.replaceChildren(...parsed.body.childNodes);
  const table = board.querySelector('.table-scroll');
  if (table) table.scrollLeft = scrollLeft;
  if (focusedId) document.getElementById(focusedId)?.focus({ preventScroll: true });
}
