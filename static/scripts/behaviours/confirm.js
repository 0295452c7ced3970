// Asks once more before a form is sent: data-question on the form holds the words.
export default function confirmFirst(form) {
  form.addEventListener('submit', (event) => {
    if (!window.confirm(form.dataset.question)) event.preventDefault();
  });
}
