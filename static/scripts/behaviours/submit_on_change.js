// Sends a filter form as soon as a choice is made, so that nobody looks for the button.
export default function submitOnChange(form) {
  form.addEventListener('change', () => form.requestSubmit());
}
