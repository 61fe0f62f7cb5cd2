/** Takes whoever sent a form to the first field that was not accepted, once its error is shown. */
export function focusInvalid(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLElement>('[aria-invalid="true"]');
  field?.focus();
}
